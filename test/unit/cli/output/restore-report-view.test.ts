import { describe, expect, it } from '@jest/globals';
import { coloursFor } from '../../../../cli/output/colours.ts';
import { formatReport } from '../../../../cli/output/restore-report-view.ts';
import { formatPlan } from '../../../../cli/output/restore-view.ts';
import type { RestoreDifference, RestoredApplication, RestoreReport } from '../../../../shared/model/restore.ts';
import type { PlannedApplication } from '../../../../shared/workflows/restore/plan-application.ts';
import type { RestorePlan } from '../../../../shared/workflows/restore/plan-restore.ts';
import { aRef } from '../examples.ts';

const looks = { colours: coloursFor({}, false), verbose: false, ms: 1_000 };
const nothingPlanned: Pick<RestorePlan, 'applications'> = { applications: [] };

function aReport(differences: readonly RestoreDifference[], verified: RestoreReport['verified']): RestoreReport {
  const shop: RestoredApplication = {
    application: 'shop',
    outcome: 'restored',
    message: '',
    counts: {},
    notRestored: [],
    warnings: [],
    differences,
  };
  const times = { startedAt: '2026-11-23T15:00:00Z', finishedAt: '2026-11-23T15:00:01Z' };
  return { id: 'r', cluster: 'prod', to: 'prod', asked: {}, ...times, applications: [shop], leftOut: [], verified };
}

const ofFields: RestoreDifference = { ref: aRef('ConfigMap', 'a'), fields: ['data.v'] };
const missed = (name: string): RestoreDifference => ({
  ref: aRef('ConfigMap', name),
  fields: [],
  message: 'cannot be compared: the API server is away',
  unknown: true,
});

describe('The report of a restore', () => {
  const cases: readonly (readonly [string, readonly RestoreDifference[], number, string])[] = [
    ['none', [], 0, 'of 4 objects none differs (4 by dry run, 0 as last seen)'],
    ['one that differs', [ofFields], 0, 'of 4 objects 1 differs (4 by dry run'],
    ['one that is not known', [missed('b')], 1, 'of 5 objects 1 could not be compared (4 by dry run'],
    ['both', [ofFields, missed('b')], 1, 'of 5 objects 1 differs, 1 could not be compared (4 by dry run'],
  ];
  it.each(cases)('counts what differs apart from what is not known: %s', (_what, differences, unknown, expected) => {
    const report = aReport(differences, { byDryRun: 4, byMetadata: 0, unknown });
    expect(formatReport(report, nothingPlanned, looks)).toContain(expected);
  });

  it('names objects that differ, and gathers those that could not be compared for one reason', () => {
    const all = [ofFields, ...['b', 'c', 'd', 'e'].map(missed)];
    const lines = formatReport(aReport(all, { byDryRun: 1, byMetadata: 0, unknown: 4 }), nothingPlanned, looks);
    expect(lines.split('\n').slice(0, 2)).toEqual([
      'differs: shop: ConfigMap shop/a: data.v',
      'unknown: shop: 4 objects: the API server is away: first: ConfigMap shop/b; -v lists all',
    ]);
  });
});

describe('The plan of a restore', () => {
  function aPlan(fields: number): RestorePlan {
    const warnings = Array.from({ length: fields }, (_, index) => ({
      ref: aRef('ServiceAccount', `s${index}`),
      field: 'metadata.annotations.role',
      value: 'arn:aws:iam::1:role/r',
      message: 'look',
    }));
    const restoration = { name: 'shop', snapshot: { name: 's' }, notRestored: [], warnings };
    const counts = { create: 1, configure: 0, unchanged: 0, blocked: 0, prune: 0 };
    const planned = { restoration, counts, blocked: [] } as unknown as PlannedApplication;
    return { applications: [planned], unusable: [], leftOut: [] } as unknown as RestorePlan;
  }

  it('lists up to five fields that point to the old cluster, and says how to list more', () => {
    const few = formatPlan(aPlan(1), looks);
    expect(few).toContain('note: 1 field points to AWS resources of the old cluster:\nshop: look at: ServiceAccount');
    expect(formatPlan(aPlan(5), looks).match(/look at:/g)).toHaveLength(5);
    const many = formatPlan(aPlan(6), looks);
    expect(many).toContain('note: 6 fields point to AWS resources of the old cluster: -v lists them\n');
    expect(many).not.toContain('look at:');
    expect(formatPlan(aPlan(6), { ...looks, verbose: true }).match(/look at:/g)).toHaveLength(6);
  });
});
