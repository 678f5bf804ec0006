import { describe, expect, it } from '@jest/globals';
import type { Application } from '../../../shared/model/application.ts';
import type { Json } from '../../../shared/model/json.ts';
import type { StringMap } from '../../../shared/model/manifest.ts';
import {
  asksForNamespace,
  destinationNamespace,
  isNamespaceAsWanted,
} from '../../../shared/plan/destination-namespace.ts';
import { trackingAnnotation } from '../../../shared/plan/tracking.ts';
import { liveOf, manifest, shop, withOptions } from './samples.ts';

function managing(labels: StringMap, annotations: StringMap = {}): Application {
  return { ...shop, syncPolicy: { ...shop.syncPolicy, managedNamespaceMetadata: { labels, annotations } } };
}

function managedBy(manager: string, ...labels: readonly string[]): Json {
  const fields = Object.fromEntries(labels.map((label) => [`f:${label}`, {}]));
  return { manager, operation: 'Apply', fieldsV1: { 'f:metadata': { 'f:labels': fields } } };
}

describe('An application asks for its namespace', () => {
  it.each<[string, Application, readonly string[], boolean]>([
    ['with CreateNamespace=true', withOptions('CreateNamespace=true'), [], true],
    ['not without', shop, [], false],
    ['not when Git brings it', withOptions('CreateNamespace=true'), ['shop'], false],
    [
      'not when it names none',
      { ...withOptions('CreateNamespace=true'), destination: { server: 'https://prod', namespace: '' } },
      [],
      false,
    ],
  ])('%s', (_when, application, own, asks) => {
    expect(asksForNamespace(application, own)).toBe(asks);
  });
});

describe('The namespace that is asked for', () => {
  it('has the managed metadata, and no field without a value', () => {
    expect(destinationNamespace(managing({ team: 'shop' })).metadata).toEqual({
      name: 'shop',
      labels: { team: 'shop' },
    });
    expect(destinationNamespace(shop).metadata).toEqual({ name: 'shop' });
  });
});

describe('A live namespace is as wanted', () => {
  const ours = managedBy('plumbline', 'team');
  it.each<[string, Application, StringMap, Json, boolean]>([
    ['with our label at our value', managing({ team: 'shop' }), { team: 'shop' }, [ours], true],
    ['with labels of others beside ours', managing({ team: 'shop' }), { team: 'shop', theirs: 'x' }, [ours], true],
    [
      'not with a value that somebody changed',
      managing({ team: 'shop' }),
      { team: 'x' },
      [managedBy('edit', 'team')],
      false,
    ],
    ['not with another value wanted', managing({ team: 'web' }), { team: 'shop' }, [ours], false],
    ['not without our label', managing({ team: 'shop' }), {}, [], false],
    ['not with a label of ours that is wanted no more', managing({}), { team: 'shop' }, [ours], false],
    ['whatever it has, without a policy', shop, { team: 'shop' }, [ours], true],
  ])('%s', (_when, application, labels, managedFields, isAsWanted) => {
    const live = liveOf(manifest('Namespace', 'shop'), { labels, managedFields });
    expect(isNamespaceAsWanted(live, application)).toBe(isAsWanted);
  });

  it('when it comes from Git by another application', () => {
    const annotations = { [trackingAnnotation]: 'platform:/Namespace:/shop' };
    const live = liveOf(manifest('Namespace', 'shop'), { annotations });
    expect(isNamespaceAsWanted(live, managing({ team: 'shop' }))).toBe(true);
  });
});
