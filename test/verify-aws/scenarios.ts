import type { Subject } from './subject.ts';

/** A scenario that cannot be run with what was given; it says why. */
export class NotRun extends Error {}

type Scenario = (subject: Subject) => Promise<void>;

/** Two scans, and what a sync may take. */
const repairedWithin = 8 * 60;
/** A tick, a render, a sync and a rollout. */
const deployedWithin = 5 * 60;

/** In an order in which each leaves behind what the next needs. */
export const scenarios: readonly (readonly [title: string, scenario: Scenario])[] = [
  ['the installation is whole, and answers', async ({ plumb }) => void (await plumb('doctor', '--aws'))],
  ['the application is synced and healthy', isWell],
  [
    'a sync that a person asks for ends well',
    async ({ plumb, application }) => void (await plumb('sync', application, '--wait')),
  ],
  ['a manual edit is repaired by a scan', repairsEdit],
  ['a push is deployed', deploysPush],
  ['what was pushed is taken back, and let go of again', goesBack],
  ['a namespace that was wiped is restored', restoresWiped],
  ['the application is synced and healthy in the end', isWell],
];

async function isWell(subject: Subject): Promise<void> {
  await subject.until('Synced and Healthy', deployedWithin, async () => {
    const { sync, health } = await subject.status();
    return sync.code === 'Synced' && health.code === 'Healthy';
  });
}

async function repairsEdit(subject: Subject): Promise<void> {
  const before = await subject.value();
  if (before === undefined) throw new NotRun('there is no ConfigMap "settings" with a field "v" in its namespace');
  await subject.edit(`${before} (by hand)`);
  await subject.until(`"v" is ${before} again`, repairedWithin, async () => (await subject.value()) === before);
}

async function deploysPush(subject: Subject): Promise<void> {
  if (subject.push === undefined) throw new NotRun('give --push COMMAND');
  const before = await subject.value();
  await subject.push();
  await subject.until('"v" is another one', deployedWithin, async () => (await subject.value()) !== before);
  await isWell(subject);
}

async function goesBack(subject: Subject): Promise<void> {
  if (subject.push === undefined) throw new NotRun('nothing was pushed that could be taken back');
  const { plumb, application } = subject;
  const pushed = await subject.value();
  await plumb('rollback', application, '--wait');
  await subject.until('"v" is as before', deployedWithin, async () => (await subject.value()) !== pushed);
  await plumb('unpin', application);
  await subject.until('"v" is as pushed', deployedWithin, async () => (await subject.value()) === pushed);
}

async function restoresWiped(subject: Subject): Promise<void> {
  const { plumb, application } = subject;
  const before = await subject.value();
  await subject.wipe();
  await subject.until('the namespace is gone', deployedWithin, async () => (await subject.value()) === undefined);
  const { cluster } = JSON.parse(await plumb('status', application, '-o', 'json')) as { readonly cluster: string };
  await plumb('restore', 'cluster', cluster, '--apps', application);
  await subject.until('"v" is as before', deployedWithin, async () => (await subject.value()) === before);
}
