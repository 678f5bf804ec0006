import { createHmac, randomUUID } from 'node:crypto';
import { messageOf } from '../../shared/errors.ts';
import { runGit } from './git-repositories.ts';
import { post } from './post.ts';

export type GitWebhook = { readonly url: string; readonly secret: string };

/** What a webhook was sent and answered; `status` 0: there was no answer, and `answer` says why. */
export type GitDelivery = {
  readonly repository: string;
  readonly ref: string;
  readonly status: number;
  readonly answer: string;
  readonly ms: number;
};

type Place = { readonly name: string; readonly url: string; readonly folder: string; readonly home: string };
type Refs = ReadonlyMap<string, string>;

const nothing = '0'.repeat(40);
/** As many as Gitea lists of a push, as it is installed. */
const listedCommits = 5;

/** Tells webhooks of pushes as Gitea does: signed, with the headers of GitHub and Gogs beside its own, one delivery a ref. */
export class GitWebhooks {
  readonly deliveries: GitDelivery[] = [];
  readonly #hooks = new Map<string, GitWebhook[]>();
  readonly #sending = new Set<Promise<void>>();

  add(repository: string, hook: GitWebhook): void {
    this.#hooks.set(repository, [...(this.#hooks.get(repository) ?? []), hook]);
  }

  /** The refs before a push; undefined when nobody listens to the repository. */
  async before(place: Place): Promise<Refs | undefined> {
    return this.#hooks.has(place.name) ? refsOf(place) : undefined;
  }

  /** Tells of all refs that are not as before; does not wait for the answers. */
  async announce(place: Place, before: Refs | undefined): Promise<void> {
    if (before === undefined) return;
    const after = await refsOf(place);
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const moved = { ref, before: before.get(ref) ?? nothing, after: after.get(ref) ?? nothing };
      if (moved.before !== moved.after) this.#send(place, await payloadOf(place, moved));
    }
  }

  /** Resolves when all that was sent is answered. */
  async idle(): Promise<void> {
    await Promise.all(this.#sending);
  }

  #send(place: Place, payload: Payload): void {
    for (const hook of this.#hooks.get(place.name) ?? []) {
      const sending = deliver(hook, place, payload).then((delivery) => {
        this.deliveries.push(delivery);
        this.#sending.delete(sending);
      });
      this.#sending.add(sending);
    }
  }
}

type Moved = { readonly ref: string; readonly before: string; readonly after: string };
type Payload = Moved & { readonly [field: string]: unknown };

async function deliver(hook: GitWebhook, place: Place, payload: Payload): Promise<GitDelivery> {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = createHmac('sha256', hook.secret).update(body).digest('hex');
  const started = performance.now();
  const told = { repository: place.name, ref: payload.ref };
  try {
    const posted = await post(hook.url, { body, headers: headersOf(signature) });
    return { ...told, ...posted, ms: performance.now() - started };
  } catch (error) {
    return { ...told, status: 0, answer: messageOf(error), ms: performance.now() - started };
  }
}

function headersOf(signature: string): Record<string, string> {
  const id = randomUUID();
  return {
    'content-type': 'application/json',
    'x-gitea-event': 'push',
    'x-gogs-event': 'push',
    'x-github-event': 'push',
    'x-gitea-delivery': id,
    'x-github-delivery': id,
    'x-gitea-signature': signature,
    'x-gogs-signature': signature,
    'x-hub-signature-256': `sha256=${signature}`,
  };
}

async function payloadOf(place: Place, moved: Moved): Promise<Payload> {
  const isNew = moved.before === nothing || moved.after === nothing;
  const commits = isNew ? [] : await commitsOf(place, moved);
  const branch = await runGit(['symbolic-ref', '--short', 'HEAD'], place);
  return {
    ...moved,
    commits: commits.slice(0, listedCommits),
    total_commits: commits.length,
    repository: {
      clone_url: place.url,
      html_url: place.url.replace(/\.git$/, ''),
      ssh_url: `git@${new URL(place.url).hostname}:${place.name}.git`,
      default_branch: branch,
    },
  };
}

async function commitsOf(place: Place, { before, after }: Moved): Promise<readonly object[]> {
  const log = await runGit(
    ['log', '--format=commit %H', '--name-status', '--no-renames', '-m', `${before}..${after}`],
    place,
  );
  return log
    .split(/^commit /m)
    .slice(1)
    .map((entry) => {
      const [id = '', ...lines] = entry.trim().split('\n');
      const pathsOf = (status: string): readonly string[] =>
        lines.filter((line) => line.startsWith(`${status}\t`)).map((line) => line.slice(2));
      return { id, added: pathsOf('A'), modified: pathsOf('M'), removed: pathsOf('D') };
    });
}

async function refsOf(place: Place): Promise<Refs> {
  const lines = await runGit(['for-each-ref', '--format=%(refname) %(objectname)'], place);
  return new Map(lines.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ') as [string, string]])));
}
