import { describe, expect, it } from '@jest/globals';
import { declare } from '../../../shared/registry/declare.ts';
import type { DeclaringManifest } from '../../../shared/registry/parse-declared.ts';
import { applicationText, destination, manifestOf, projectText, source } from './yaml-text.ts';

function application(name: string, project = 'default', origin = `${name}.yaml`): DeclaringManifest {
  return { manifest: manifestOf(applicationText(`${destination}${source}\nproject: ${project}`, name)), origin };
}

function project(name: string, origin = `${name}.yaml`, spec = "sourceRepos: ['*']"): DeclaringManifest {
  return { manifest: manifestOf(projectText(spec, name)), origin };
}

type Seen = { readonly used: readonly string[]; readonly rejected: readonly string[] };

function seen(declared: ReturnType<typeof declare>): Seen {
  return {
    used: declared.applications.map(({ application: { name } }) => name),
    rejected: declared.rejected.map(({ error }) => error.message),
  };
}

describe('declarations', () => {
  it('are the applications and projects, with the built-in project default', () => {
    const declared = declare([application('shop', 'team'), project('team'), application('web')]);
    expect(seen(declared)).toEqual({ used: ['shop', 'web'], rejected: [] });
    expect(declared.projects.map(({ name }) => name)).toEqual(['team', 'default']);
    expect(declared.warnings).toEqual([]);
  });

  it('of a project default take the place of the built-in one', () => {
    const { projects } = declare([project('default', 'd.yaml', 'sourceRepos: [a]')]);
    expect(projects.map(({ sourceRepos }) => sourceRepos)).toEqual([['a']]);
  });

  it('of an unusable project default do not fall back to the built-in one, which allows more', () => {
    const declared = declare([project('default', 'd.yaml', 'sourceRepos: a'), application('shop')]);
    expect(seen(declared)).toEqual({
      used: [],
      rejected: [
        'AppProject default (d.yaml): spec.sourceRepos is a text; expected a list',
        'Application shop (shop.yaml): spec.project is "default", which is not declared or cannot be used; usable projects: none',
      ],
    });
  });

  it('that cannot be used hold up no other', () => {
    const broken = { manifest: manifestOf(applicationText('project: default', 'bad')), origin: 'bad.yaml' };
    const declared = declare([broken, application('shop')]);
    expect(seen(declared).used).toEqual(['shop']);
    expect(declared.rejected).toEqual([
      { name: 'bad', origin: 'bad.yaml', error: expect.objectContaining({ code: 'application-invalid' }) },
    ]);
  });

  it('of one name are used by nobody, and each names the other', () => {
    const declared = declare([
      application('shop', 'default', 'a.yaml'),
      application('shop', 'default', 'b.yaml'),
      application('web'),
    ]);
    expect(seen(declared)).toEqual({
      used: ['web'],
      rejected: [
        'Application shop (a.yaml) is declared in b.yaml, too',
        'Application shop (b.yaml) is declared in a.yaml, too',
      ],
    });
  });

  it('of a person go before those of an application', () => {
    const child = { ...application('shop', 'default', 'rendered by apps'), parent: 'apps' };
    const declared = declare([child, application('shop', 'default', 'a.yaml')]);
    expect(declared.applications.map(({ origin }) => origin)).toEqual(['a.yaml']);
    expect(seen(declared).rejected).toEqual(['Application shop (rendered by apps) is declared in a.yaml, too']);
  });

  it('of applications, kept from before, are used beside the others', () => {
    const kept = declare([{ ...application('child', 'team'), parent: 'apps' }, project('team')]);
    const projects = kept.projects.map((each) => ({ project: each, origin: 'rendered by apps', parent: 'apps' }));
    const declared = declare([application('shop')], { applications: kept.applications, projects });
    expect(seen(declared)).toEqual({ used: ['shop', 'child'], rejected: [] });
  });

  it('name the known projects when theirs is unknown', () => {
    const declared = declare([application('shop', 'taem'), project('team')]);
    expect(declared.rejected[0]?.error).toMatchObject({
      message:
        'Application shop (shop.yaml): spec.project is "taem", which is not declared or cannot be used; usable projects: default, team',
      hint: 'Declare an AppProject taem, or name one of the usable projects.',
    });
  });

  it('do not include ApplicationSets yet, and say so', () => {
    const text = 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: all}\nspec: {}';
    const declared = declare([{ manifest: manifestOf(text), origin: 'all.yaml' }]);
    expect(seen(declared).rejected).toEqual([
      'ApplicationSet all (all.yaml): ApplicationSets are not supported yet; declare the Applications that it makes',
    ]);
  });

  it.each([
    ['v1', 'ConfigMap', 'ConfigMap a (x.yaml) declares no application and is ignored'],
    ['app.k8s.io/v1beta1', 'Application', 'Application a (x.yaml) declares no application and is ignored'],
  ])('are not made of a %s %s, which a warning names', (apiVersion, kind, warning) => {
    const declared = declare([{ manifest: { apiVersion, kind, metadata: { name: 'a' } }, origin: 'x.yaml' }]);
    expect(declared).toMatchObject({ applications: [], rejected: [], warnings: [warning] });
  });
});
