import type { VaultPath } from '../../model/vault-path.ts';
import type { VaultStore } from '../../model/vault-store.ts';
import { refusedError, unusableError } from './failures.ts';
import { losslessAt } from './lossless-json.ts';
import type { Question, VaultSession } from './vault-session.ts';

export type Listing = {
  readonly session: VaultSession;
  readonly version: VaultStore['version'];
  readonly folder: VaultPath;
};

/** Every secret below a folder, by its path from there. SecretError when one of the folders cannot be listed. */
export async function listNames({ session, version, folder }: Listing): Promise<readonly string[]> {
  const names = await listFolder(session, toQuestion(version, folder));
  const below = names.map(async (name) => {
    if (!name.endsWith('/')) return [name];
    const path = [folder.path, name.slice(0, -1)].filter((part) => part !== '').join('/');
    const inner = await listNames({ session, version, folder: { mount: folder.mount, path } });
    return inner.map((each) => name + each);
  });
  return (await Promise.all(below)).flat();
}

async function listFolder(session: VaultSession, question: Question): Promise<readonly string[]> {
  const answer = await session.ask(question);
  const attempt = session.attemptOf(question);
  if (answer.status === 404 && answer.errors.length === 0) return [];
  if (answer.status !== 200) throw refusedError(attempt, answer);
  const keys = losslessAt(answer.body, 'data', 'keys');
  if (!Array.isArray(keys)) throw unusableError(attempt, 'the answer holds no list of keys');
  return keys.filter((key) => typeof key === 'string');
}

function toQuestion(version: VaultStore['version'], { mount, path }: VaultPath): Question {
  const root = version === 'v2' ? `${mount}/metadata` : mount;
  return {
    action: `listing ${path === '' ? mount : `${mount}/${path}`}`,
    path: path === '' ? root : `${root}/${path}`,
    capability: 'list',
    query: { list: 'true' },
  };
}
