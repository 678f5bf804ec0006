import { describe, expect, test } from '@jest/globals';
import { functionNames, functionSizes } from '../../infra/constructs/sizes.ts';
import { synthesiseFull } from './support/full.ts';
import { functionOf, inWords } from './support/rights-of.ts';
import { type Resource, synthesise } from './support/synthesise.ts';

const full = synthesiseFull();
const all = ['edge', 'render', 'control', 'sync-public', 'sync-vault'].flatMap((stack) =>
  full.resources(stack, 'AWS::Lambda::Function'),
);
const nameOf = ({ Properties }: Resource): string => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;

describe('each function', () => {
  test('is there, and three of them in each sync zone', () => {
    expect(all.map(nameOf).sort()).toEqual([...functionNames, 'sync', 'scan', 'restore'].sort());
  });

  test('runs on Node 24, on ARM but for the one with programs for x86', () => {
    for (const one of all) {
      expect(one.Properties.Runtime).toBe('nodejs24.x');
      expect(one.Properties.Architectures).toEqual([nameOf(one) === 'render' ? 'x86_64' : 'arm64']);
      expect(one.Properties.Layers?.length ?? 0).toBe(nameOf(one) === 'render' ? 1 : 0);
    }
  });

  test('has the size of the table', () => {
    for (const { Properties, ...one } of all) {
      const { memoryMB, timeout, reserved } = functionSizes[nameOf({ ...one, Properties }) as 'sync'];
      expect(Properties.MemorySize).toBe(memoryMB);
      expect(Properties.Timeout).toBe(timeout.toSeconds());
      expect(Properties.ReservedConcurrentExecutions).toBe(reserved);
    }
  });

  test('may go round only where an own bound ends it', () => {
    const round = all.filter(({ Properties }) => Properties.RecursiveLoop === 'Allow');
    expect([...new Set(round.map(nameOf))].sort()).toEqual(['relay', 'render', 'restore', 'sync']);
  });

  test('logs into a group of its own, which is kept for a month', () => {
    const groups = new Set(all.map(({ Properties }) => inWords(Properties.LoggingConfig.LogGroup)));
    expect(groups.size).toBeGreaterThanOrEqual(7);
    for (const stack of ['edge', 'render', 'control', 'sync-public', 'sync-vault'])
      for (const { Properties } of full.resources(stack, 'AWS::Logs::LogGroup'))
        expect(Properties.RetentionInDays).toBe(30);
  });

  test('has no secret in its environment', () => {
    for (const { Properties } of all) expect(JSON.stringify(Properties.Environment)).not.toMatch(/password|token/i);
  });

  test('reserves nothing where the account has too little', () => {
    const modest = synthesise({ reserveConcurrency: false });
    expect(functionOf(modest, 'edge', 'webhook').Properties.ReservedConcurrentExecutions).toBeUndefined();
  });
});

describe('the environment', () => {
  const environment = (stack: string, name: string): { readonly [name: string]: string } =>
    Object.fromEntries(
      Object.entries(functionOf(full, stack, name).Properties.Environment.Variables).map(([key, value]) => [
        key,
        inWords(value),
      ]),
    );
  const queue = (name: string): string =>
    `https://sqs.<AWS::Region>.<AWS::URLSuffix>/<AWS::AccountId>/plumbline-${name}.fifo`;

  test('of render names the queues of all zones and the programs of the layer', () => {
    expect(environment('render', 'render')).toMatchObject({
      PLUMB_BUCKET: '<plumbline-bucket>',
      PLUMB_INSTALLATION: 'plumbline',
      PLUMB_CONTROL: 'https://git.example/team/control.git#main:apps',
      PLUMB_RENDER_QUEUE: queue('render'),
      PLUMB_SYNC_QUEUES: JSON.stringify({ public: queue('sync-public'), vault: queue('sync-vault') }),
      PLUMB_GIT_CREDENTIALS: expect.stringContaining('"urlPrefix":"https://git.example/"'),
      PLUMB_HELM: '/opt/helm/helm',
      PLUMB_KUSTOMIZE: '/opt/kubectl/kubectl',
    });
  });

  test('of the relay names all queues', () => {
    expect(environment('control', 'relay')).toMatchObject({
      PLUMB_SETTINGS: '/plumbline/plumbline',
      PLUMB_RESTORE_QUEUES: JSON.stringify({ public: queue('restore-public'), vault: queue('restore-vault') }),
      PLUMB_EVENT_BUS: '<plumbline-event-bus>',
      PLUMB_DEAD_LETTERS: '<plumbline-dead-letters>',
    });
  });

  test('of a sync zone names what can be reached from there', () => {
    expect(environment('sync-public', 'sync')).toMatchObject({
      PLUMB_ZONE: 'public',
      PLUMB_SYNC_QUEUE: queue('sync-public'),
      PLUMB_EVENT_BUS: '<plumbline-event-bus>',
    });
    const ours = Object.keys(environment('sync-vault', 'sync')).filter((name) => name.startsWith('PLUMB_'));
    expect(ours.sort()).toEqual(['PLUMB_BUCKET', 'PLUMB_INSTALLATION', 'PLUMB_ZONE']);
  });

  test('of the webhook knows nothing of the state', () => {
    expect(environment('edge', 'webhook')['PLUMB_BUCKET']).toBeUndefined();
  });
});
