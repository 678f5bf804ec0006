import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricNames } from '../../infra/constructs/metrics.ts';
import { synthesiseFull } from './support/full.ts';
import { inWords } from './support/rights-of.ts';
import { handlers } from './support/synthesise.ts';

const full = synthesiseFull();
const stacks = ['state', 'edge', 'render', 'control', 'sync-public', 'sync-vault'];
const alarms = stacks.flatMap((stack) =>
  full.resources(stack, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties),
);
const ofMetric = (name: string): typeof alarms => alarms.filter(({ MetricName }) => MetricName === name);

describe('alarms', () => {
  test('ring for each function that fails or is held back', () => {
    expect(ofMetric('Errors').length).toBe(10);
    expect(ofMetric('Throttles').length).toBe(10);
  });

  test('ring for dead letters', () => {
    expect(ofMetric('ApproximateNumberOfMessagesVisible').map(({ Threshold }) => Threshold)).toEqual([0, 0]);
  });

  test('ring for work that waits too long', () => {
    expect(ofMetric('ApproximateAgeOfOldestMessage').length).toBe(6);
  });

  test('ring when nothing is told of checks and scans, too', () => {
    const checks = [...ofMetric('CheckAge'), ...ofMetric('Scanned')];
    expect(checks.length).toBe(5);
    for (const { TreatMissingData } of checks) expect(TreatMissingData).toBe('breaching');
  });

  test('ring when drift is repaired too often', () => {
    expect(ofMetric('Repairs').length).toBe(1);
  });

  test('all go to the topic, and each says what it means', () => {
    for (const { AlarmActions, OKActions, AlarmDescription } of alarms) {
      expect(AlarmActions).toEqual(['arn:aws:sns:eu-central-1:111122223333:alarms']);
      expect(OKActions).toEqual(AlarmActions);
      expect(inWords(AlarmDescription)).toMatch(/^Plumbline plumbline: [A-Z]/);
    }
  });
});

test.each(metricNames)('the metric %s is written by a function', async (name) => {
  const files = (await readdir(handlers)).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(handlers, file), 'utf8')));
  expect(texts.some((text) => new RegExp(`'${name}'`).test(text))).toBe(true);
});

test('the dashboard shows the installation, and the functions and queues of each zone', () => {
  const [dashboard] = full.resources('control', 'AWS::CloudWatch::Dashboard');
  const body = inWords(dashboard?.Properties.DashboardBody);
  for (const text of ['CheckAge', 'SyncsFailed', 'vault: errors', 'public: duration', 'plumbline-sync-vault.fifo'])
    expect(body).toContain(text);
});
