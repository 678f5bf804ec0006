import type { LiveObject } from '../../../shared/model/manifest.ts';
import { dev, type Environment, prod, staging } from '../environment.ts';
import { awaitEnvironment, awaitSyncedAndHealthy, checkUntouched, isHopeless } from '../expectation.ts';
import { checkNothingLeaked } from '../leak-search.ts';
import type { Stage } from '../stage.ts';
import type { Check, Step } from '../step.ts';

/** A secret changes where it is kept, and nowhere else: what uses it is restarted, and nobody sees the value. */
export const rotateToken: Step = {
  title: "The CRM's token is rotated in Vault, and prod goes on with the new one",
  run: async (stage) => {
    const { narrator, plumb, secrets } = stage;
    const before = await podsOf(stage, prod);
    const elsewhere = [dev, staging];
    const others = await Promise.all(elsewhere.map((environment) => podsOf(stage, environment)));
    narrator.tell(
      'Nothing changes in Git, and no command is typed. The owner of the CRM puts another token into Vault:',
    );
    narrator.show(`vault kv put kotaemon-${prod.name}/crm token=…`);
    const logged = plumb.readServeLog().length;
    const since = performance.now();
    await secrets.rotateCrmToken(prod);
    const wanted = await stage.wantedOf(prod);
    const arrived = await awaitEnvironment(stage, { environment: prod, wanted, since });
    if (isHopeless([arrived])) return [arrived];
    narrator.show(`tail ${plumb.serveLog}`, plumb.readServeLog().slice(logged));
    const restarted = await checkRestarted(stage, before);
    const untouched = [];
    for (const environment of elsewhere)
      untouched.push(await checkUntouched(stage, { environment, wanted: await stage.wantedOf(environment) }));
    const same = await checkSamePods(stage, elsewhere, others);
    const explained = await explain(stage);
    const said = await awaitSyncedAndHealthy(stage, [prod]);
    narrator.point(
      'the versions above: they are what is kept of a secret, with a mark under a key that only this machine has',
    );
    return [arrived, restarted, ...untouched, same, explained, said, await checkNothingLeaked(stage)];
  },
};

type Pods = { readonly backend: readonly string[]; readonly redis: readonly string[] };

async function podsOf({ cluster }: Stage, { namespace }: Environment): Promise<Pods> {
  const named = async (app: string): Promise<readonly string[]> =>
    (await cluster.listLabelled(namespace, `app.kubernetes.io/name=${app}`))
      .filter(isPod)
      .map(({ metadata }) => metadata.uid);
  return { backend: await named('backend'), redis: await named('redis') };
}

function isPod({ kind, metadata }: LiveObject): boolean {
  return kind === 'Pod' && metadata.deletionTimestamp === undefined;
}

/** The backend reads the token as environment, so its pods are new; those of Redis do not use it. */
async function checkRestarted(stage: Stage, before: Pods): Promise<Check> {
  const after = await podsOf(stage, prod);
  const old = after.backend.filter((uid) => before.backend.includes(uid));
  const isSameRedis = after.redis.join() === before.redis.join();
  return {
    what: `${prod.application}: the pods of the backend are new, and Redis, which does not use the token, runs on`,
    ok: after.backend.length > 0 && old.length === 0 && isSameRedis,
    detail: `${after.backend.length} pods, ${old.length} of them old${isSameRedis ? '' : '; Redis was restarted'}`,
  };
}

async function checkSamePods(stage: Stage, elsewhere: readonly Environment[], before: readonly Pods[]): Promise<Check> {
  const after = await Promise.all(elsewhere.map((environment) => podsOf(stage, environment)));
  const counted = after.flatMap(({ backend, redis }) => [...backend, ...redis]).length;
  return {
    what: 'no pod of dev and staging was restarted, though their secrets were read again, too',
    ok: JSON.stringify(after) === JSON.stringify(before),
    detail: `${counted} pods`,
  };
}

const explainable = ['Secret', 'secrets-manager', 'vault', 'llm', 'crm', 'redis-auth', 'retrieval-credential'];

/** `plumb secrets explain` asks the stores anew. */
async function explain({ narrator, plumb }: Stage): Promise<Check> {
  const { exitCode, stdout, stderr } = await plumb.run('secrets', 'explain', prod.application);
  narrator.show(`plumb secrets explain ${prod.application}`, exitCode === 0 ? stdout : `${stdout}${stderr}`);
  const absent = explainable.filter((word) => !stdout.includes(word));
  return {
    what: 'plumb secrets explain says where each one comes from, in which version, and who uses it',
    ok: exitCode === 0 && absent.length === 0,
    detail: absent.length === 0 ? `exit code ${exitCode}` : `exit code ${exitCode}, no word of ${absent.join(', ')}`,
  };
}
