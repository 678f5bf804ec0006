import { describe, expect, it } from '@jest/globals';
import { matchesResource, selectorProblem } from '../../../shared/plan/resource-selector.ts';

const web = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
const shop = { group: '', kind: 'Namespace', namespace: '', name: 'shop' };

describe('matchesResource', () => {
  it.each([
    [['apps:Deployment:web'], web, true],
    [['apps:Deployment:shop/web'], web, true],
    [['apps:Deployment:other/web'], web, false],
    [[':Namespace:shop'], shop, true],
    [['*:*:*'], web, true],
    [['*:*:*'], shop, true],
    [['apps:*:w*'], web, true],
    [['apps:Deploy*:api'], web, false],
    [['!apps:Deployment:web'], web, false],
    [['!apps:Deployment:web'], shop, true],
    [['*:*:*', '!*:Namespace:*'], shop, false],
    [[':Deployment:web'], web, false],
  ])('%j of %j is %s', (selectors, ref, expected) => {
    expect(matchesResource(selectors, ref)).toBe(expected);
  });
});

describe('selectorProblem', () => {
  it.each(['apps:Deployment:web', '!apps:Deployment:ns/web', '*:*:*'])('accepts %s', (selector) => {
    expect(selectorProblem(selector)).toBeUndefined();
  });

  it.each(['web', 'Deployment/web', 'a:b:c:d'])('says what is wrong with %s', (selector) => {
    expect(selectorProblem(selector)).toContain('GROUP:KIND:[NAMESPACE/]NAME');
  });
});
