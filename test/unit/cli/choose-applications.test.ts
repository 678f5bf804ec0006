import { describe, expect, it } from '@jest/globals';
import { chooseApplication, chooseApplications } from '../../../cli/choose-applications.ts';
import { InvalidManifest } from '../../../shared/errors.ts';
import type { Declarations } from '../../../shared/model/registry.ts';
import { addChildren } from '../../../shared/registry/add-children.ts';
import { anApplication, aProject } from './examples.ts';

const declared = (...names: string[]): Declarations => ({
  applications: names.map((name) => ({ application: anApplication(name), origin: 'apps.yaml' })),
  projects: [aProject('default')],
  rejected: [
    { name: 'broken', origin: 'b.yaml', error: new InvalidManifest('application-invalid', 'b.yaml:3: no source') },
  ],
});

const namesOf = (chosen: readonly { readonly application: { readonly name: string } }[]): readonly string[] =>
  chosen.map(({ application }) => application.name);

describe('which applications a command works on', () => {
  it('is the only one when none is named', () => {
    expect(chooseApplication(declared('shop'), undefined).application.name).toBe('shop');
  });

  it('is asked for when there are several', () => {
    expect(() => chooseApplication(declared('shop', 'pay'), undefined)).toThrow(
      '2 applications are declared: which one?',
    );
    expect(hintOf(() => chooseApplication(declared('shop', 'pay'), undefined))).toBe('name one of: pay, shop');
  });

  it('are those that are named, each once, or all', () => {
    expect(namesOf(chooseApplications(declared('a', 'b', 'c'), ['c', 'a', 'c'], false))).toEqual(['c', 'a']);
    expect(namesOf(chooseApplications(declared('a', 'b'), [], true))).toEqual(['a', 'b']);
    expect(() => chooseApplications(declared('a'), ['a'], true)).toThrow('not both');
  });

  it('tells why one that was named cannot be used', () => {
    expect(() => chooseApplication(declared('shop'), 'broken')).toThrow('b.yaml:3: no source');
  });

  it('lists what is declared when a name is unknown', () => {
    expect(() => chooseApplication(declared('shop'), 'shpo')).toThrow('no application "shpo" is declared');
    expect(hintOf(() => chooseApplication(declared('shop'), 'shpo'))).toContain('declared are: shop');
  });

  it('says when nothing usable is declared', () => {
    expect(hintOf(() => chooseApplications(declared(), [], true))).toBe('correct the manifests that the warnings name');
  });

  it('needs the project of an application', () => {
    expect(() => chooseApplication({ ...declared('shop'), projects: [] }, 'shop')).toThrow('no AppProject "default"');
  });

  it('may be children of a declared application, at any depth, but not of others', () => {
    const child = (name: string, parent: string) => ({ application: anApplication(name), origin: 'rendered', parent });
    const project = { project: aProject('added'), origin: 'rendered', parent: 'child' };
    const kept = {
      applications: [
        child('grandchild', 'child'),
        child('child', 'shop'),
        child('stranger', 'other'),
        child('shop', 'child'),
      ],
      projects: [project, { ...project, project: aProject('strange'), parent: 'other' }],
    };
    const found = addChildren(declared('shop'), kept);
    expect(namesOf(found.applications)).toEqual(['shop', 'child', 'grandchild']);
    expect(found.projects.map(({ name }) => name)).toEqual(['default', 'added']);
  });
});

function hintOf(choose: () => unknown): string | undefined {
  try {
    choose();
  } catch (error) {
    return (error as InvalidManifest).hint;
  }
  return undefined;
}
