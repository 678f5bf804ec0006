import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createAwsStores } from '../../../shared/adapters/aws/open-aws-store.ts';
import { createGithubIssuer } from '../../../shared/adapters/github/github-token.ts';
import { createVaultStores } from '../../../shared/adapters/vault/open-vault-store.ts';
import type { AwsStore } from '../../../shared/model/aws-store.ts';
import type { Json } from '../../../shared/model/json.ts';
import type { Manifest } from '../../../shared/model/manifest.ts';
import { type Conceal, SecretValue } from '../../../shared/model/secret-value.ts';
import type { StoreAccess } from '../../../shared/secret-ports.ts';
import { evaluateExternalSecret } from '../../../shared/secrets/external/evaluate.ts';
import { parseExternalSecret } from '../../../shared/secrets/external/parse-external-secret.ts';
import { referenceKey, referencesOf } from '../../../shared/secrets/external/references.ts';
import { makeOnce } from '../../../shared/secrets/generators/make-once.ts';
import { parseSealedSecret } from '../../../shared/secrets/sealed/parse-sealed-secret.ts';
import { sealSecret } from '../../../shared/secrets/sealed/seal.ts';
import { newestKey, parseSealingKeys } from '../../../shared/secrets/sealed/sealing-keys.ts';
import { Unsealer } from '../../../shared/secrets/sealed/unseal.ts';
import { decryptSopsManifest } from '../../../shared/secrets/sops/decrypt-manifest.ts';
import { renderTemplate } from '../../../shared/secrets/template/render-template.ts';
import { asSecretError } from '../../../shared/workflows/secrets/gather-answers.ts';
import { createAgeKey } from '../secret-tools/age-keys.ts';
import { createKeys } from '../secret-tools/sealing-keys.ts';
import { encryptForAge, encryptManifest } from '../secret-tools/sops-file.ts';
import { accessWith, vaultSecretStore } from '../vault/vault-stores.ts';
import { failingTemplates } from './failing-secrets.ts';

/** The values that the scenarios work on. */
export type Known = { readonly marker: string; readonly number: string };
/** Several where each is apart from the others, and costs too much to be done again for a call of another. */
export type Scenarios = { readonly [name: string]: readonly (() => unknown)[] };

// No library has a part in it.
const conceal: Conceal = (bytes) => new SecretValue(bytes, 'a mark');
const nobody = 'http://127.0.0.1:9';
const spare = (length: number): Uint8Array => new Uint8Array(length).map((_, index) => (index * 97 + 13) % 256);

/** Work on secret values, a function for each kind, each of which calls libraries. */
export async function prepareScenarios(known: Known): Promise<Scenarios> {
  const scenarios = { ...externalScenarios(known), ...(await encryptedScenarios(known)), ...remoteScenarios(known) };
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, runs]) => [name, runs.map((run) => () => asTheEngine(run))]),
  );
}

/** What is thrown is told as the engine tells it of a manifest. */
async function asTheEngine(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    throw asSecretError(error);
  }
}

function externalScenarios({ marker, number }: Known): Scenarios {
  const values: Readonly<Record<string, string>> = {
    a: marker,
    text: marker,
    special: marker,
    n: number,
    json: JSON.stringify({ [marker]: { b: marker }, a: marker, n: Number(number) }),
    yaml: `a: ${JSON.stringify(marker)}\nb: [${number}]\n`,
    base64: Buffer.from(marker).toString('base64'),
    url: `https://${encodeURIComponent(marker)}@host/`,
  };
  const run = (spec: { readonly [field: string]: Json }) => (): unknown => {
    const metadata = { name: 'web', namespace: 'apps' };
    const written = { secretStoreRef: { name: 'store' }, dataFrom: [{ extract: { key: 'all' } }], ...spec };
    const es = parseExternalSecret({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: written,
    });
    const value = conceal(Buffer.from(JSON.stringify(values)));
    const answer = { state: 'found', value, version: 'v' } as const;
    const answers = new Map(referencesOf(es).map((each) => [referenceKey(each), answer]));
    const allow = { metadata: false, targets: () => true };
    return evaluateExternalSecret(es, {
      answers,
      conceal,
      renderTemplate,
      now: new Date(0),
      randomBytes: spare,
      allow,
    });
  };
  const rendering = [
    '{{ fromJson .json | toYaml }}{{ .json | mustFromJson | mustToPrettyJson }}',
    '{{ fromYaml .yaml | toJson }}',
    '{{ mustRegexReplaceAll "[a-z]" .a "x" }}{{ regexFindAll .n .json -1 | join "," }}',
    '{{ bcrypt .n }}{{ htpasswd "user" .n }}',
    '{{ sha256sum .a }}{{ encryptAES .n .a | decryptAES .n }}{{ b64dec .base64 }}',
    '{{ derivePassword 1 "long" .n "user" "example.com" }}',
    '{{ pkcs12key .base64 }}',
  ];
  const rendered = (text: string) => {
    const render = run({ target: { template: { data: { k0: text } } } });
    return async (): Promise<unknown> => Promise.allSettled([Promise.resolve().then(render)]);
  };
  const property = (of: string): Json => ({ key: 'all', property: of });
  return {
    templates: [...rendering, ...failingTemplates].map(rendered),
    'rewrites and properties': [
      run({
        data: [
          { secretKey: 'p', remoteRef: property('json') },
          { secretKey: 'b', remoteRef: { key: 'all', property: 'base64', decodingStrategy: 'Base64' } },
        ],
        dataFrom: [
          { extract: { key: 'all' }, rewrite: [{ regexp: { source: '(.)(.*)', target: '${2}$1' } }] },
          { extract: property('json'), rewrite: [{ transform: { template: 'x' } }] },
        ],
      }),
    ],
    'a literal': [run({ target: { template: { templateFrom: [{ literal: 'a: {{ .a | quote }}\nn: {{ .n }}\n' }] } } })],
    generators: [
      () => ['rsa', 'ed25519'].map((keyType) => makeOnce({ type: 'ssh-key', keyType, comment: '' } as never, spare)),
    ],
  };
}

async function encryptedScenarios({ marker }: Known): Promise<Scenarios> {
  const secret: Manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop' },
    stringData: { one: marker },
  };
  const [pem = ''] = await createKeys(1);
  const files = [{ name: 'key.pem', content: conceal(Buffer.from(pem)) }];
  const sealed = sealSecret(secret, { key: newestKey(parseSealingKeys(files)).publicKey, randomBytes });
  const age = await createAgeKey();
  const dataKey = new Uint8Array(randomBytes(32));
  const block = { age: [{ recipient: age.recipient, enc: await encryptForAge(dataKey, age.recipient) }] };
  const encrypted = encryptManifest(secret, { dataKey, block });
  const context = {
    conceal,
    renderTemplate: () => new Uint8Array(),
    now: new Date(0),
    randomBytes: spare,
    allowMetadata: false,
  };
  return {
    'Sealed Secrets': [() => new Unsealer().unseal(parseSealedSecret(sealed), parseSealingKeys(files), context)],
    SOPS: [
      () =>
        decryptSopsManifest(encrypted, {
          ageIdentities: [conceal(Buffer.from(age.identity))],
          dataKeys: { decrypt: () => Promise.reject(new Error(marker)) },
          kms: { keys: ['*'], roles: ['*'] },
          conceal,
          allowMetadata: false,
          allowKind: () => false,
        }),
    ],
  };
}

function remoteScenarios({ marker }: Known): Scenarios {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  const keys: Readonly<Record<string, string>> = { token: marker, id: 'AKIAEXAMPLE', secret: marker, pem: String(key) };
  const readSecretKey: StoreAccess['readSecretKey'] = async (ref) => conceal(Buffer.from(keys[ref.key] ?? ''));
  const access = accessWith({}, { readSecretKey });
  const aws = (service: AwsStore['service']) => async (): Promise<unknown> => {
    const names = { accessKeyId: { name: 'aws', key: 'id' }, secretAccessKey: { name: 'aws', key: 'secret' } };
    const provider: AwsStore = {
      ...{ type: 'aws', service, region: 'us-east-1', auth: { type: 'keys', ...names } },
      ...{ additionalRoles: [], sessionTagsPolicy: 'None', sessionTags: [], transitiveTagKeys: [], prefix: '' },
    };
    const stores = createAwsStores({ conceal, keepMs: 0, timeoutMs: 200 });
    const ref = { kind: 'SecretStore', namespace: 'shop', name: 'aws' } as const;
    const opened = await stores.open({ ref, conditions: [], provider, retry: { retries: 0, intervalMs: 1 } }, access);
    return Promise.all([opened.read({ key: 'a' }), opened.read({ key: 'b' })]);
  };
  return {
    Vault: [
      async () => {
        const stores = createVaultStores({ conceal, timeoutMs: 200, keepMs: 0 });
        const store = vaultSecretStore({ server: nobody }, { retry: { retries: 0, intervalMs: 1 } });
        const provider = await stores.open(store, access);
        return [await provider.read({ key: 'a' }), await provider.find({})];
      },
    ],
    'AWS Secrets Manager': [aws('SecretsManager')],
    'AWS Parameter Store': [aws('ParameterStore')],
    'a GitHub App': [
      async () => {
        const github = createGithubIssuer({ conceal, timeoutMs: 200, retryDelayMs: 1 });
        const spec = { url: nobody, appId: '7', installId: '42', privateKey: { name: 'app', key: 'pem' } };
        return github.issue({ type: 'github-token', repositories: [], permissions: {}, ...spec }, access);
      },
    ],
  };
}
