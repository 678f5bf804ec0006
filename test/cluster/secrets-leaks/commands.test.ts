import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { configMap } from '../../support/manifests.ts';
import { type LeakWorld, openLeakWorld, type RunOptions } from '../../support/secrets/leak-world.ts';
import { externalSecret } from '../../support/secrets/manifests.ts';

let world: LeakWorld;
beforeAll(async () => {
  world = await openLeakWorld();
});
afterAll(() => world.close());

const run = async (line: string, options: RunOptions & { readonly expected?: number } = {}): Promise<string> => {
  const { exitCode, out, err } = await world.plumb(line.split(' '), options);
  if (exitCode !== (options.expected ?? 0)) throw new Error(`plumb ${line} ended with ${exitCode}: ${out}${err}`);
  return out;
};
const all = (...lines: readonly string[]): Promise<readonly string[]> => Promise.all(lines.map((line) => run(line)));
const declared = (): string => `-f ${world.declared}`;

const edit = async (name: string, data: Readonly<Record<string, string>>): Promise<void> => {
  const metadata = { name, namespace: world.engine.namespace };
  const patch = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: data };
  await world.objects.patch(
    patch as never,
    undefined,
    undefined,
    'kubectl-edit',
    undefined,
    'application/merge-patch+json' as never,
  );
};

describe('No command shows a secret value anywhere', () => {
  it('when an application is compared, deployed, and looked at', async () => {
    await run(`diff ${declared()}`, { expected: 1 });
    await run(`sync ${declared()} --dry-run`);
    await run(`sync ${declared()} -v`);
    await all(`sync ${declared()} -o json -v`, `render ${declared()} -o yaml`, `diff ${declared()} -o json -v`);
    await all('status shop -v', `status shop ${declared()} --refresh -o json`, 'list -o yaml', 'history shop -o json');
    const [explained = ''] = await all(
      'secrets explain shop -o json',
      `secrets explain shop ${declared()} -v`,
      `doctor ${declared()} -v`,
    );
    expect(JSON.parse(explained)).toMatchObject({ secrets: { length: 7 } });
  }, 120_000);

  it('when secrets change at their providers, and in the cluster', async () => {
    await world.providers.rotate('second');
    await run(`diff ${declared()} -v`, { expected: 1 });
    await run('secrets refresh shop -v');
    await world.providers.rotate('third');
    await run('secrets refresh --all -o json -v');
    await edit('aws', {
      password: world.markers.special('an edit by hand'),
      mine: world.markers.special('a key by hand'),
    });
    await run(`diff ${declared()} -v`, { expected: 1 });
    await run(`diff ${declared()} -o yaml`, { expected: 1 });
    await run(`sync ${declared()} -v`);
  });

  it('when Git moves on, and an ExternalSecret is pruned', async () => {
    await world.engine.git.commit('shop', {
      files: {
        'app/templated.yaml': externalSecret('templated', { other: 'shop/db#password' }),
        'app/c.yaml': configMap('settings'),
      },
      remove: ['app/ssm.yaml'],
    });
    await run(`diff ${declared()}`, { expected: 1 });
    await run(`sync ${declared()} --prune -v`);
    await run('diff shop --from 1 --to live -v', { expected: 2 });
  });

  it('when it is rolled back, with the secrets of now and of then', async () => {
    // What AWS has let go of cannot be read again.
    await run('rollback shop --secrets=as-of-snapshot -v', { expected: 2 });
    await all('history shop -v', 'status shop -o yaml');
    const { snapshots } = JSON.parse(await run('history shop -o json')) as History;
    await run(`rollback shop ${snapshots[0]?.name} -o json -v`);
    await run(`unpin shop ${declared()} -v`);
    await run(`sync ${declared()} --prune -o yaml`);
  });

  it('when the cluster is restored and compared, adopted, and the store is tidied', async () => {
    const [known] = JSON.parse(await run('list -o json')) as readonly { readonly cluster: string }[];
    const metadata = { name: 'aws', namespace: world.engine.namespace };
    await world.objects.delete({ apiVersion: 'v1', kind: 'Secret', metadata });
    await run(`restore cluster ${known?.cluster} --dry-run -o json`);
    await run(`restore cluster ${known?.cluster} -v`);
    await all(`adopt ${known?.cluster} ${declared()} --dry-run -o json`, 'gc -o json', 'gc --dry-run -v');
  });

  it('when secrets are sealed, and keys are made and brought', async () => {
    const { markers, keys, folder } = world;
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'n' },
      stringData: { a: markers.special('a value to seal') },
    };
    const sealed = await run('secrets seal -', { input: JSON.stringify(secret) });
    await run('secrets seal --raw --name s --namespace n -', { input: markers.special('a value to seal raw') });
    await run('secrets seal -', { input: `${markers.special('no manifest')}: *x`, expected: 2 });
    await run('secrets new-key -v');
    await run('secrets re-encrypt -', { input: sealed });
    await run(`secrets import-keys ${join(keys, 'one.pem')} --to ${join(folder, 'other-keys')}`);
    await run('secrets import-keys -', { input: markers.special('no key'), expected: 2 });
    await run('secrets cert -o json');
    const broken = join(folder, 'broken.json');
    await writeFile(broken, markers.special('no event'));
    await run(`secrets refresh --event ${broken}`, { expected: 2 });
  });

  it('while it serves, reads secrets again, and is looked at from outside', async () => {
    await run(`serve ${declared()} -v --poll-interval 1s --drift-interval 1s`, {
      during: async (pid, stop) => {
        const password = await passwordNow();
        await sleep(500);
        await world.providers.rotate('fourth');
        await eventually('serve has read the secrets again', async () => (await passwordNow()) !== password);
        await Promise.all([
          world.record.addProcess('serve', pid),
          world.record.addFolder('scratch while it serves', join(world.folder, 'tmp')),
        ]);
        stop('SIGTERM');
      },
      expected: 0,
    });
  });

  it('when it is killed in the midst, and goes on', async () => {
    await world.providers.rotate('fifth');
    for (const afterMs of [700, 1100]) {
      await world.plumb(['sync', '-f', world.declared, '-v'], {
        during: async (_pid, stop) => {
          await sleep(afterMs);
          stop('SIGKILL');
        },
      });
    }
    await run(`sync ${declared()} -o json -v`);
  });

  it('in all that was written meanwhile', async () => {
    const { record, markers, folder } = world;
    for (const place of ['store', 'cache', 'tmp', 'config']) await record.addFolder(place, join(folder, place));
    const { hits, searched } = record.search(markers.all);
    expect(hits).toEqual([]);
    expect(searched.places).toBeGreaterThan(100);
    process.stdout.write(
      `Searched for ${searched.markers} markers in ${searched.forms} forms: ${searched.places} places, ${searched.bytes} bytes\n`,
    );
  });
});

async function passwordNow(): Promise<string | undefined> {
  return (await world.engine.live('Secret', 'aws'))?.data?.['password'];
}

type History = { readonly snapshots: readonly { readonly name: string }[] };
