import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { concealForNow } from '../../../../shared/adapters/local/conceal.ts';
import { isJsonObject, jsonAt } from '../../../../shared/model/json.ts';
import type { Manifest } from '../../../../shared/model/manifest.ts';
import { revealSecret, SecretValue } from '../../../../shared/model/secret-value.ts';
import { parseSealedSecret } from '../../../../shared/secrets/sealed/parse-sealed-secret.ts';
import { resealValues, sealSecret, sealValue } from '../../../../shared/secrets/sealed/seal.ts';
import type { SealingKey } from '../../../../shared/secrets/sealed/sealing-key.ts';
import { newestKey, parseSealingKeys } from '../../../../shared/secrets/sealed/sealing-keys.ts';
import { type TemplateCall, type Unsealed, Unsealer } from '../../../../shared/secrets/sealed/unseal.ts';
import { failureOf } from '../../../support/failure-of.ts';
import { createKeys, keyFile } from '../../../support/secret-tools/sealing-keys.ts';

let keys: readonly SealingKey[];
let older: SealingKey;
let newer: SealingKey;

beforeAll(async () => {
  const pems = await createKeys(2);
  keys = parseSealingKeys(pems.map((pem, index) => keyFile(`key-${index}.pem`, pem)));
  [newer, older] = keys as readonly [SealingKey, SealingKey];
});

const secret = (more: object = {}, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', ...metadata },
  stringData: { password: 'open sesame' },
  ...more,
});
const seal = (manifest: Manifest, key: SealingKey = newer): Manifest =>
  sealSecret(manifest, { key: key.publicKey, randomBytes });

type Changes = { readonly renderTemplate?: (call: TemplateCall) => Uint8Array; readonly allowMetadata?: boolean };
const unseal = (sealed: Manifest, with_: readonly SealingKey[] = keys, changes: Changes = {}): Promise<Unsealed> =>
  new Unsealer().unseal(parseSealedSecret(sealed), with_, {
    conceal: concealForNow(),
    renderTemplate: ({ text, data }) => Buffer.from(`${text}|${[...data.keys()].join()}`),
    now: new Date(0),
    randomBytes,
    allowMetadata: false,
    ...changes,
  });
const plain = ({ manifest }: Unsealed): { readonly [key: string]: string } => {
  const data = manifest['data'];
  if (!isJsonObject(data)) throw new Error('no data');
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      if (!(value instanceof SecretValue)) throw new Error(`${key} is not concealed`);
      return [key, Buffer.from(revealSecret(value)).toString()];
    }),
  );
};
const edited = (sealed: Manifest, change: (spec: Record<string, unknown>) => void, metadata: object = {}): Manifest => {
  const copy = structuredClone(sealed);
  change(copy['spec'] as unknown as Record<string, unknown>);
  return { ...copy, metadata: { ...copy.metadata, ...metadata } };
};

const clusterWide = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' };
const namespaceWide = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' };

describe('a SealedSecret', () => {
  it('becomes the Secret that it was, with concealed values', async () => {
    const sealed = seal(
      secret({ type: 'kubernetes.io/basic-auth', immutable: true }, { labels: { app: 'db' }, annotations: { a: 'b' } }),
    );
    const unsealed = await unseal(sealed);
    expect(unsealed.manifest).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/basic-auth',
      immutable: true,
      metadata: { name: 'db', namespace: 'shop', labels: { app: 'db' }, annotations: { a: 'b' } },
    });
    expect(plain(unsealed)).toEqual({ password: 'open sesame' });
    expect(inspect(unsealed, { depth: Infinity })).not.toContain('sesame');
  });

  it.each([
    { title: 'strict, in another namespace', annotations: {}, moved: { namespace: 'other' }, opens: false },
    { title: 'strict, under another name', annotations: {}, moved: { name: 'other' }, opens: false },
    { title: 'namespace-wide, under another name', annotations: namespaceWide, moved: { name: 'x' }, opens: true },
    { title: 'namespace-wide, elsewhere', annotations: namespaceWide, moved: { namespace: 'other' }, opens: false },
    {
      title: 'cluster-wide, elsewhere',
      annotations: clusterWide,
      moved: { namespace: 'other', name: 'x' },
      opens: true,
    },
  ])('opens where its scope lets it: $title', async ({ annotations, moved, opens }) => {
    const sealed = edited(seal(secret({}, { annotations })), () => undefined, moved);
    const outcome = unseal(sealed);
    if (opens) expect(plain(await outcome)).toEqual({ password: 'open sesame' });
    else expect((await failureOf(outcome)).message).toContain('password: none of 2 sealing keys opens it');
  });

  it('has the scope of its own annotations, not of its template', async () => {
    const sealed = edited(seal(secret({}, { annotations: clusterWide })), () => undefined, { annotations: {} });
    expect((await failureOf(unseal(sealed))).hint).toContain('it is strict');
  });

  it('counts a scope only when it says exactly true', () => {
    const sealed = edited(seal(secret()), () => undefined, {
      annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'True' },
    });
    expect(parseSealedSecret(sealed).place.scope).toBe('strict');
  });

  it('opens under an older key', async () => {
    expect(plain(await unseal(seal(secret(), older)))).toEqual({ password: 'open sesame' });
  });

  it('does not open under a retired key, and says that there is one', async () => {
    const retired = keys.map((key) => ({ ...key, isRetired: key.id === older.id }));
    const { message } = await failureOf(unseal(seal(secret(), older), retired));
    expect(message).toBe(
      'SealedSecret shop/db: password: the one sealing key does not open it; 1 retired key was left out',
    );
  });

  it('names every key that fails, with its own reason, and no value', async () => {
    const sealed = edited(seal(secret({ stringData: { good: 'open sesame', moved: 'x' } })), (spec) => {
      const place = { scope: 'strict', namespace: 'shop', name: 'other' } as const;
      const wrong = sealValue({ key: newer.publicKey, randomBytes }, place, Buffer.from('open sesame'));
      spec['encryptedData'] = {
        ...(spec['encryptedData'] as object),
        moved: wrong,
        bad: 'open sesame!',
        short: 'AAAA',
      };
    });
    const error = await failureOf(unseal(sealed));
    expect(error.message).toBe(
      'SealedSecret shop/db:\n  moved: none of 2 sealing keys opens it\n  bad: it is not base64\n' +
        '  short: it is too short for a sealed value',
    );
    expect(error).toMatchObject({ code: 'secret-invalid', object: 'SealedSecret shop/db' });
    expect(inspect(error, { depth: Infinity })).not.toContain('sesame');
  });

  it('renders the templates of its data over the opened values', async () => {
    const sealed = edited(seal(secret()), (spec) => {
      spec['template'] = { data: { 'app.conf': 'key={{ .password }}' } };
    });
    expect(plain(await unseal(sealed))).toEqual({
      password: 'open sesame',
      'app.conf': 'key={{ .password }}|password',
    });
  });

  it('tells of a template that fails without the words of the failure', async () => {
    const sealed = edited(seal(secret()), (spec) => {
      spec['template'] = { data: { 'app.conf': '{{ fail .password }}' } };
    });
    const renderTemplate = (): Uint8Array => {
      throw new Error('open sesame');
    };
    const error = await failureOf(unseal(sealed, keys, { renderTemplate }));
    expect(error.message).toBe('SealedSecret shop/db: app.conf: its template fails');
    expect(inspect(error, { depth: Infinity })).not.toContain('sesame');
  });

  it('says whose the Secret is to be', async () => {
    const say = async (name: string): Promise<Unsealed> =>
      unseal(seal(secret({}, { annotations: { [`sealedsecrets.bitnami.com/${name}`]: 'true' } })));
    expect(await say('managed')).toMatchObject({ ownership: 'take-over', skipSetOwnerReferences: false });
    expect(await say('patch')).toMatchObject({ ownership: 'patch' });
    expect(await say('skip-set-owner-references')).toMatchObject({ ownership: 'own', skipSetOwnerReferences: true });
  });

  it.each([
    {
      title: 'encryptedData that is a list',
      spec: { encryptedData: [] },
      message: 'spec.encryptedData is not a mapping',
    },
    {
      title: 'a number for a value',
      spec: { encryptedData: { a: 1 } },
      message: 'spec.encryptedData["a"] is not a text',
    },
    {
      title: 'old and new data at once',
      spec: { encryptedData: { a: 'AA==' }, data: 'AA==' },
      message: 'spec.data and spec.encryptedData are both there',
    },
    {
      title: 'a label that is a number',
      spec: { template: { metadata: { labels: { a: 1 } } } },
      message: 'labels["a"]',
    },
    { title: 'a quoted immutable', spec: { template: { immutable: 'true' } }, message: 'spec.template.immutable' },
  ])('is refused with $title', ({ spec, message }) => {
    expect(() => parseSealedSecret({ ...seal(secret()), spec })).toThrow(message);
  });
});

describe('a SealedSecret of the old form', () => {
  const legacy = (inner: object): Manifest => {
    const place = { scope: 'strict', namespace: 'shop', name: 'db' } as const;
    const text = Buffer.from(JSON.stringify({ kind: 'Secret', data: { a: 'b3Blbg==' }, ...inner }));
    return { ...seal(secret()), spec: { data: sealValue({ key: newer.publicKey, randomBytes }, place, text) } };
  };

  it('opens as a whole', async () => {
    const unsealed = await unseal(legacy({ type: 'x/y', metadata: { name: 'evil', namespace: 'kube-system' } }));
    expect(plain(unsealed)).toEqual({ a: 'open' });
    expect(unsealed.manifest).toMatchObject({ type: 'x/y', metadata: { name: 'db', namespace: 'shop' } });
  });

  it('brings sealed labels only where values may stand in metadata', async () => {
    const sealed = legacy({ metadata: { labels: { a: 'b' } } });
    expect(await failureOf(unseal(sealed))).toMatchObject({ code: 'secret-refused' });
    expect((await unseal(sealed, keys, { allowMetadata: true })).manifest.metadata.labels).toEqual({ a: 'b' });
  });
});

describe('sealing', () => {
  it('leaves no copy of the values in annotations', () => {
    const copy = { 'kubectl.kubernetes.io/last-applied-configuration': 'open sesame', kept: 'yes' };
    const sealed = seal(secret({}, { annotations: copy }));
    expect(JSON.stringify(sealed)).not.toContain('sesame');
    expect(jsonAt(sealed, 'spec', 'template', 'metadata', 'annotations')).toEqual({ kept: 'yes' });
  });

  it.each([
    { title: 'another kind', manifest: secret({ kind: 'ConfigMap' }), message: 'it is not a Secret' },
    { title: 'no namespace', manifest: secret({}, { namespace: undefined }), message: 'it has no namespace' },
    { title: 'no values', manifest: secret({ stringData: {} }), message: 'it has no values' },
    { title: 'data that is no base64', manifest: secret({ data: { a: '§' } }), message: 'data.a cannot be used' },
  ])('refuses $title', ({ manifest, message }) => {
    expect(() => seal(manifest)).toThrow(message);
  });

  it('anew keeps the scope, whatever the template says, and uses the newest key', async () => {
    const sealed = edited(seal(secret(), older), (spec) => {
      spec['template'] = { metadata: { annotations: clusterWide } };
    });
    const resealed = await resealValues(sealed, keys, { unsealer: new Unsealer(), randomBytes });
    const { after = '' } = resealed.get('password') ?? {};
    const again = edited(sealed, (spec) => {
      spec['encryptedData'] = { password: after };
    });
    expect(plain(await unseal(again, [newestKey(keys)]))).toEqual({ password: 'open sesame' });
    const moved = edited(again, () => undefined, { name: 'other', annotations: clusterWide });
    expect((await failureOf(unseal(moved))).message).toContain('opens it');
  });
});
