import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { localSetup } from '../../cli/setup/local-setup.ts';
import { provideTools } from '../../cli/setup/provide-tools.ts';
import type { Manifest } from '../../shared/model/manifest.ts';
import { provideEmulator } from '../support/aws/provide-emulator.ts';
import { type Binaries, provideControlPlane } from '../support/control-plane/provision.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { type Guard, startGuard } from '../support/guard.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type Environment, type RenderTools, renderByHand } from './environment.ts';
import type { Narrator } from './narrator.ts';
import { openPlace, type Place } from './place.ts';
import { installPlumb, type Plumb, type WebhookFront } from './plumb.ts';
import { openSecretPlaces, type SecretPlaces } from './secret-places.ts';
import { writeSecretsConfig } from './secrets-config.ts';
import { gatherTeam, type Team } from './team.ts';
import { withSecrets } from './wanted-secrets.ts';

/** All that a step may use. */
export type Stage = {
  readonly narrator: Narrator;
  readonly kubeconfig: string;
  /** For the reader's own use: the path of one that fits, where the demo has one. */
  readonly kubectl: string;
  readonly git: GitServer;
  readonly team: Team;
  readonly secrets: SecretPlaces;
  /** Access to the cluster as it is now. */
  readonly cluster: ClusterAccess;
  /** The cluster dies for good, and an empty one takes its place and its name in the kubeconfig. */
  readonly replaceCluster: () => Promise<void>;
  readonly plumb: Plumb;
  /** What the tip of an environment's branch, rendered by hand, wants of the cluster; its secrets have the values that they have now. */
  readonly wantedOf: (environment: Environment) => Promise<readonly Manifest[]>;
  /** Where all is that Plumbline writes, and all that it reads but the secrets themselves. */
  readonly folder: string;
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Folders with the logs of all that runs; gone when the stage is. */
  readonly logFolders: readonly string[];
};

/** The programs that a stage is made of. */
export type Programs = { readonly binaries: Binaries; readonly tools: RenderTools };

/** Finds or makes all programs; the first time on a machine this takes minutes and says so. */
export async function providePrograms(): Promise<Programs> {
  // One after the other, so that their progress does not mix.
  const binaries = await provideControlPlane();
  const tools = await provideTools();
  await provideEmulator();
  return { binaries, tools };
}

export type Director = Pick<Stage, 'narrator' | 'signal'> & { readonly programs: Programs };

/**
 * Runs `play` on a stage of its own: control plane, Git server and repository, stores of secrets, and the CLI, all in scratch folders and on free
 * ports. Whatever happens, everything is gone afterwards.
 */
export async function onStage<T>(director: Director, play: (stage: Stage) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const guard = await startGuard('demo');
  stack.defer(guard.end);
  // Not both at once: were one to fail, the other would still be starting while all is taken down.
  const git = await startGitServer({ parent: guard.folder });
  stack.defer(git.stop);
  const secrets = await openSecretPlaces(stack);
  director.signal.throwIfAborted();
  const team = await gatherTeam(git, { home: guard.folder, vaultServer: secrets.vault.url });
  const kubeconfig = join(guard.folder, 'kubeconfig');
  const place = await openPlace(director.programs.binaries, kubeconfig);
  stack.defer(place.close);
  director.signal.throwIfAborted();
  return await play(await arrange({ director, guard, kubeconfig, place, git, team, secrets }));
}

type Props = {
  readonly director: Director;
  readonly guard: Guard;
  readonly kubeconfig: string;
  readonly place: Place;
  readonly git: GitServer;
  readonly team: Team;
  readonly secrets: SecretPlaces;
};

async function arrange({ director, guard, kubeconfig, place, git, team, secrets }: Props): Promise<Stage> {
  const { narrator, signal, programs } = director;
  const cache = join(guard.folder, 'cache');
  await mkdir(cache);
  // The tools are there already; what the demo fetches from Git is its own, and goes with it.
  await symlink(join(localSetup().cache, 'tools'), join(cache, 'tools'));
  const webhook = await setUpWebhook(guard, team, git);
  const variables = {
    KUBECONFIG: kubeconfig,
    PLUMB_CONTROL: `${team.repoURL}#main:apps`,
    PLUMB_STORE: join(guard.folder, 'store'),
    PLUMB_CACHE: cache,
    PLUMB_SECRETS_CONFIG: await writeSecretsConfig({
      folder: join(guard.folder, 'operator'),
      vaultServer: secrets.vault.url,
    }),
    // Where the key is that secrets are marked with.
    XDG_CONFIG_HOME: join(guard.folder, 'config'),
    ...secrets.variables,
  };
  return {
    narrator,
    signal,
    kubeconfig,
    kubectl: programs.tools.kubectl ?? 'kubectl',
    git,
    team,
    secrets,
    folder: guard.folder,
    get cluster() {
      return place.cluster();
    },
    replaceCluster: place.replace,
    plumb: installPlumb(guard, { variables, signal, webhook }),
    wantedOf: async (environment) => {
      await team.checkout(environment.branch);
      const rendered = await renderByHand(environment, team.folder, programs.tools);
      return withSecrets(rendered, secrets.valuesOf(environment));
    },
    get logFolders() {
      return [guard.folder, ...place.logFolders()];
    },
  };
}

/** The Git host tells plumb serve of each push, as a team sets it up once. */
async function setUpWebhook(guard: Guard, { name }: Team, git: GitServer): Promise<WebhookFront> {
  const secret = randomBytes(20).toString('hex');
  const secrets = join(guard.folder, 'webhook-secrets');
  await writeFile(secrets, `gitea ${secret}\n`, { mode: 0o600 });
  const listen = `127.0.0.1:${await freePort()}`;
  git.addWebhook(name, { url: `http://${listen}/webhook`, secret });
  return { listen, secrets };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
