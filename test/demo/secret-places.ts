import { randomBytes } from 'node:crypto';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type Emulator, startEmulator } from '../support/aws/start-emulator.ts';
import { type StartedVault, startVault } from '../support/vault/start-vault.ts';
import { askVault, mountKv, putPolicy } from '../support/vault/vault-admin.ts';
import { type Environment, environments } from './environment.ts';

/** Secrets Manager and Vault with what the environments keep there: a team's other half of examples/kotaemon. */
export type SecretPlaces = {
  /** What programs need to reach AWS. */
  readonly variables: { readonly [name: string]: string };
  readonly vault: StartedVault;
  /** The values of an environment as they are now, by Secret and key. */
  readonly valuesOf: (environment: Environment) => KnownValues;
  /** Puts another token in the place of the CRM's, as its owner does every now and then. */
  readonly rotateCrmToken: (environment: Environment) => Promise<void>;
  /** Every value that was ever put there. */
  readonly everyValue: () => readonly string[];
};

/** Values by Secret and key. */
export type KnownValues = { readonly [secret: string]: { readonly [key: string]: string } };

/** The account and region that the stores of the example name. */
const account = '111122223333';
const region = 'eu-central-1';

const newValue = (): string => randomBytes(20).toString('base64url');

/** Starts both and fills them with values that are made up on the spot; `stack` takes them down. */
export async function openSecretPlaces(stack: AsyncDisposableStack): Promise<SecretPlaces> {
  const emulator = await startEmulator();
  stack.defer(emulator.stop);
  const vault = await startVault();
  stack.defer(() => vault.stop());
  const llmKeys = new Map(environments.map(({ name }) => [name, newValue()]));
  const crmTokens = new Map<Environment['name'], string>();
  const used: string[] = [...llmKeys.values()];
  const putCrmToken = async (environment: Environment): Promise<void> => {
    const token = newValue();
    used.push(token);
    await askVault(vault, `${mountOf(environment)}/data/crm`, { body: { data: { token } } });
    crmTokens.set(environment.name, token);
  };
  await fillSecretsManager(emulator, llmKeys);
  await setUpLogin(vault, emulator);
  for (const environment of environments) {
    await setUpMount(vault, environment);
    await putCrmToken(environment);
  }
  return {
    variables: { ...emulator.environment, AWS_REGION: region },
    vault,
    valuesOf: ({ name }) => ({
      llm: { LLM_API_KEY: llmKeys.get(name) ?? '' },
      crm: { CRM_OAUTH_TOKEN: crmTokens.get(name) ?? '' },
    }),
    rotateCrmToken: putCrmToken,
    everyValue: () => [...used],
  };
}

async function fillSecretsManager({ endpoint }: Emulator, llmKeys: ReadonlyMap<string, string>): Promise<void> {
  // The emulator takes an access key that is a number for the account itself.
  const credentials = { accessKeyId: account, secretAccessKey: 'of the emulator' };
  const client = new SecretsManager({ endpoint, region, credentials });
  for (const [name, apiKey] of llmKeys)
    await client.createSecret({ Name: `kotaemon/${name}/llm`, SecretString: JSON.stringify({ apiKey }) });
  client.destroy();
}

/** Vault asks AWS who it is that logs in; in the demo that is the emulator. */
async function setUpLogin(vault: StartedVault, { endpoint }: Emulator): Promise<void> {
  await askVault(vault, 'sys/auth/aws', { body: { type: 'aws' } });
  const sts = { sts_endpoint: endpoint, sts_region: region, iam_endpoint: endpoint };
  await askVault(vault, 'auth/aws/config/client', { body: { ...sts, access_key: account, secret_key: 'emulated' } });
}

async function setUpMount(vault: StartedVault, environment: Environment): Promise<void> {
  const mount = mountOf(environment);
  await mountKv(vault, mount, 'v2');
  await putPolicy(vault, mount, `path "${mount}/*" { capabilities = ["read", "list"] }`);
  await askVault(vault, `auth/aws/role/${mount}`, {
    body: {
      auth_type: 'iam',
      bound_iam_principal_arn: [`arn:aws:iam::${account}:role/${mount}`],
      resolve_aws_unique_ids: false,
      token_policies: [mount],
    },
  });
}

function mountOf({ name }: Environment): string {
  return `kotaemon-${name}`;
}
