import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../../../shared/model/manifest.ts';
import type { ObjectRef } from '../../../shared/model/object-ref.ts';
import type { DeclaredApplication } from '../../../shared/model/registry.ts';
import { admitChildren, removedChildren } from '../../../shared/registry/children.ts';
import { parseApplication } from '../../../shared/registry/parse-application.ts';
import { applicationText, destination, manifestOf, projectText, source } from './yaml-text.ts';

const parent = parseApplication(application('apps', 'team'), 'apps.yaml').application;

function application(name: string, project: string): Manifest {
  return manifestOf(applicationText(`${destination}${source}\nproject: ${project}`, name));
}

function inNamespace(manifest: Manifest, namespace: string): Manifest {
  return { ...manifest, metadata: { ...manifest.metadata, namespace } };
}

/** A project that permits objects in these namespaces only. */
function permitting(...namespaces: readonly string[]): (ref: ObjectRef) => string | undefined {
  return ({ namespace }) =>
    namespaces.includes(namespace) ? undefined : `project team does not allow namespace ${namespace}`;
}

function admitted(
  manifests: readonly Manifest[],
  namespaces: readonly string[],
  existing: readonly DeclaredApplication[] = [],
) {
  const found = admitChildren({ parent, manifests, forbids: permitting(...namespaces), existing });
  return {
    names: [
      ...found.applications.map((each) => each.application.name),
      ...found.projects.map((each) => each.project.name),
    ],
    rejected: found.rejected.map(({ error }) => error.message),
    parents: [...new Set([...found.applications, ...found.projects].map((each) => each.parent))],
  };
}

describe('an application of applications', () => {
  it('owns the children of its own project', () => {
    expect(admitted([application('shop', 'team')], ['shop'])).toEqual({
      names: ['shop'],
      rejected: [],
      parents: ['apps'],
    });
  });

  it('may not declare where its project forbids objects', () => {
    expect(admitted([inNamespace(application('shop', 'team'), 'argocd')], ['shop'])).toMatchObject({
      names: [],
      rejected: ['Application shop (rendered by apps): project team does not allow namespace argocd'],
    });
  });

  it.each([
    [
      'an Application of another project',
      application('shop', 'admin'),
      'Application shop (rendered by apps): it concerns the project admin',
    ],
    [
      'an Application of no project',
      application('shop', '""'),
      'Application shop (rendered by apps): it concerns the project default',
    ],
    [
      'an AppProject',
      manifestOf(projectText("sourceRepos: ['*']", 'mine')),
      'AppProject mine (rendered by apps): it concerns the project mine',
    ],
    [
      'its own AppProject',
      manifestOf(projectText("sourceRepos: ['*']", 'team')),
      'AppProject team (rendered by apps): it concerns the project team',
    ],
  ])("declares %s only with a right to Argo CD's own namespace", (_, manifest, refusal) => {
    expect(admitted([manifest], ['shop'])).toMatchObject({ names: [], rejected: [expect.stringContaining(refusal)] });
    expect(admitted([manifest], ['shop', 'argocd'])).toMatchObject({ names: [manifest.metadata.name], rejected: [] });
  });

  it('takes no application over from another owner', () => {
    const shop = parseApplication(application('shop', 'team'), 'x').application;
    expect(
      admitted([application('shop', 'team')], ['shop'], [{ application: shop, origin: 'shop.yaml' }]).rejected,
    ).toEqual(['Application shop (rendered by apps): that name is declared already: shop.yaml']);
    const others = { application: shop, origin: 'rendered by other', parent: 'other' };
    expect(admitted([application('shop', 'team')], ['shop'], [others]).names).toEqual([]);
    const own = { application: shop, origin: 'rendered by apps', parent: 'apps' };
    expect(admitted([application('shop', 'team')], ['shop'], [own]).names).toEqual(['shop']);
  });

  it('is held up by no child that cannot be used', () => {
    const broken = manifestOf(applicationText('project: team', 'bad'));
    expect(admitted([broken, application('shop', 'team')], ['shop']).names).toEqual(['shop']);
  });
});

describe('a child that left its parent', () => {
  function child(name: string, finalizers: readonly string[], owner = 'apps'): DeclaredApplication {
    const declared = parseApplication(application(name, 'team'), 'x').application;
    return { application: { ...declared, finalizers }, origin: `rendered by ${owner}`, parent: owner };
  }

  it.each([
    [[], 'orphan'],
    [['resources-finalizer.argocd.argoproj.io'], 'cascade'],
    [['resources-finalizer.argocd.argoproj.io/background'], 'cascade'],
    [['post-delete-finalizer.argocd.argoproj.io'], 'orphan'],
  ])('with the finalizers %j goes by %s', (finalizers, removal) => {
    const declared = child('shop', finalizers);
    expect(removedChildren({ parent, manifests: [], existing: [declared] })).toEqual([{ declared, removal }]);
  });

  it('is not one that is still rendered, even if it cannot be used now, nor one of another parent', () => {
    const broken = manifestOf(applicationText('project: team', 'shop'));
    const existing = [child('shop', []), child('web', [], 'other')];
    expect(removedChildren({ parent, manifests: [broken], existing })).toEqual([]);
  });
});
