import { describe, expect, it } from '@jest/globals';
import type { LiveMetadata, Manifest } from '../../../shared/model/manifest.ts';
import { type PruneContext, type PruneDecision, pruneDecision, pruneUsing } from '../../../shared/plan/prune-rules.ts';
import { trackingAnnotation } from '../../../shared/plan/tracking.ts';
import { definition, entryOf, liveOf, manifest, targetsOf } from './samples.ts';

const context: PruneContext = { application: 'shop', projectForbids: undefined, options: [] };

type Case = {
  readonly given?: Manifest;
  readonly live?: Partial<LiveMetadata>;
  readonly context?: Partial<PruneContext>;
};

function decide({ given = manifest('ConfigMap', 'web'), live = {}, context: more = {} }: Case): PruneDecision {
  const [target] = targetsOf([given]);
  if (target === undefined) throw new Error('the sample is no target');
  return pruneDecision(entryOf(target), liveOf(target.manifest, live), { ...context, ...more });
}

function annotated(annotations: Record<string, string>): Manifest {
  return manifest('ConfigMap', 'web', { annotations });
}

const options = (value: string): Manifest => annotated({ 'argocd.argoproj.io/sync-options': value });
const id = (value: string): Partial<LiveMetadata> => ({ annotations: { [trackingAnnotation]: value } });

describe('an owned object that is not wanted any more', () => {
  it.each<[string, Case]>([
    ['plainly', {}],
    ['made anew by somebody, with our tracking id', { live: { uid: 'uid-2' } }],
    [
      'with Prune=true against Prune=false of the application',
      { given: options('Prune=true'), context: { options: ['Prune=false'] } },
    ],
    ['with Prune=confirm, approved', { given: options('Prune=confirm'), context: { approved: true } }],
    ['a CRD, approved', { given: definition('Widget'), context: { approved: true } }],
    [
      'with helm resource-policy keep, which only counts when the application goes',
      { given: annotated({ 'helm.sh/resource-policy': 'keep' }) },
    ],
    ['with an empty list of owners', { live: { ownerReferences: [] } }],
  ])('is deleted: %s', (_title, given) => {
    expect(decide(given)).toEqual({ action: 'delete' });
  });

  it.each<[string, Case, RegExp]>([
    ['Prune=false on the object', { given: options('Prune=false,Replace=true') }, /Prune=false/],
    ['Prune=false on the application', { context: { options: ['Prune=false'] } }, /Prune=false/],
    ['Prune=confirm', { given: options('Prune=confirm') }, /plumb sync shop --prune --approve-prune/],
    ['a CRD', { given: definition('Widget') }, /every object of its kind.*approve-prune/],
    [
      'being deleted',
      { live: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] } },
      /already, held by finalizer a\/b/,
    ],
    ['forbidden by the project', { context: { projectForbids: 'project shop denies it' } }, /project shop denies it/],
  ])('is kept: %s', (_title, given, reason) => {
    expect(decide(given)).toEqual({ action: 'keep', reason: expect.stringMatching(reason) });
  });

  it.each<[string, Case, RegExp]>([
    ['tracked by another application', { live: id('cart:/ConfigMap:shop/web') }, /belongs to application cart/],
    ['a copy', { live: id('shop:/ConfigMap:elsewhere/web') }, /copy/],
    ['without our tracking id', { live: { annotations: {} } }, /does not carry/],
    ['made anew without our tracking id', { live: { annotations: {}, uid: 'uid-2' } }, /made it anew/],
    ['owned by another object', { live: { ownerReferences: [{ kind: 'Widget', name: 'a' }] } }, /ownerReferences/],
    [
      'foreign, though it says Prune=false',
      { given: options('Prune=false'), live: id('cart:/ConfigMap:shop/web') },
      /cart/,
    ],
  ])('is forgotten: %s', (_title, given, reason) => {
    expect(decide(given)).toEqual({ action: 'forget', reason: expect.stringMatching(reason) });
  });

  it('is forgotten when it is gone', () => {
    const [target] = targetsOf([manifest('ConfigMap', 'web')]);
    expect(target && pruneDecision(entryOf(target), undefined, context).action).toBe('forget');
  });
});

describe('the propagation of a deletion', () => {
  it.each<[string, string[], string]>([
    ['', [], 'Foreground'],
    ['', ['PrunePropagationPolicy=background'], 'Background'],
    ['PrunePropagationPolicy=orphan', ['PrunePropagationPolicy=background'], 'Orphan'],
    ['', ['PrunePropagationPolicy=quickly'], 'Foreground'],
  ])('object option "%s" and application options %j: %s', (own, app, expected) => {
    expect(pruneUsing(liveOf(options(own)), app)).toBe(expected);
  });
});
