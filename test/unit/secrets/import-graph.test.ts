import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { closureOf, readSources } from '../../support/secrets/import-graph.ts';

/** Who may open a value, and what for. Each new line here is a decision. */
const openers = [
  // Resolution itself: rows, templates, keys.
  'shared/secrets/external/read-answer.ts',
  'shared/secrets/external/template-source.ts',
  'shared/secrets/sealed/divide-key-file.ts',
  'shared/secrets/sealed/sealing-keys.ts',
  'shared/secrets/sops/data-key.ts',
  // Credentials that are sent to who asks for them.
  'shared/adapters/aws/base-credentials.ts',
  'shared/adapters/aws/key-files.ts',
  'shared/adapters/github/github-token.ts',
  'shared/adapters/kubernetes/secret-json.ts',
  'shared/adapters/vault/credentials.ts',
  // Key files of the operator's own folder, and Secrets on their way to a cluster.
  'shared/adapters/local/key-folder.ts',
  'shared/adapters/kubernetes/encode-manifest.ts',
];

/** They look at what another error says or is, to tell kinds of failure apart, and pass nothing of it on. */
const lookers = [
  // It calls a URL of the installation, without any secret.
  'shared/adapters/aws/look/webhook.ts',
  'shared/adapters/vault/failures.ts',
  'shared/adapters/vault/vault-http.ts',
  'shared/secrets/template/library/read-yaml.ts',
];

const root = join(import.meta.dirname, '../../..');
const sources = readSources(['shared', 'cli', 'functions']);
const all = [...sources.values()];
const opensValues = /\brevealSecret\b/;
const definition = 'shared/model/secret-value.ts';

const openersReachedFrom = (entry: RegExp): readonly string[] => {
  const entries = all.map(({ path }) => path).filter((path) => entry.test(path));
  expect(entries.length).toBeGreaterThan(0);
  const reached = closureOf(entries, sources);
  return openers.filter((path) => reached.has(path));
};

describe('Secret values', () => {
  it('are opened by exactly the files that are listed, and the linter knows the same list', () => {
    const found = all.filter(({ path, text }) => path !== definition && opensValues.test(text)).map(({ path }) => path);
    expect(found.sort()).toEqual([...openers].sort());
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as {
      readonly overrides: readonly { readonly includes: readonly string[]; readonly plugins?: readonly string[] }[];
    };
    const rule = overrides.find(({ plugins }) => plugins?.includes('./no-revealed-secret.grit'));
    const exempt = rule?.includes.filter((path) => path.startsWith('!')).map((path) => path.slice(1));
    expect(exempt?.sort()).toEqual([...openers].sort());
    expect(rule?.includes).toEqual(expect.arrayContaining(['shared/**', 'cli/**']));
  });

  it('are opened on their way to a cluster in one place, which only what sends requests uses', () => {
    const encoding = 'shared/adapters/kubernetes/encode-manifest.ts';
    const credentials = 'shared/adapters/kubernetes/secret-json.ts';
    const reached = openersReachedFrom(/^shared\/adapters\/kubernetes\/(api-|kubeconfig-clusters)/);
    expect(reached.filter((path) => path !== credentials)).toEqual([encoding]);
    expect(openersReachedFrom(/^shared\/adapters\/kubernetes\/(conceal-live|failures|send|parse-answer)\.ts$/)).toEqual(
      [],
    );
    const users = all.filter(({ imports }) => imports.includes(encoding));
    expect(users.map(({ path }) => path)).toEqual(['shared/adapters/kubernetes/api-cluster.ts']);
  });

  it.each([
    ['what is written to the store', /^shared\/(state|snapshot|model)\//],
    ['what compares and plans', /^shared\/(plan|health)\//],
    ['what reads Git and renders', /^shared\/(git|render|registry|webhook)\//],
    ['what applies', /^shared\/apply\//],
    ['what prints', /^cli\/output\//],
    ['the adapters of Git', /^shared\/adapters\/git\//],
  ])('cannot be opened by %s, nor by anything it loads', (_what, entry) => {
    expect(openersReachedFrom(entry)).toEqual([]);
  });

  it('meet no log: nothing of the engine writes to a console, and the clients of AWS have a silent logger', () => {
    const writing = /\bconsole\b\s*\.|process\s*\.\s*(stdout|stderr)|\bdebuglog\b|process\.emitWarning/;
    const engine = all.filter(({ path }) => path.startsWith('shared/'));
    expect(engine.filter(({ text }) => writing.test(text)).map(({ path }) => path)).toEqual([]);
    const clients = engine.filter(({ text }) => /new (SecretsManager|SSM|STS|ECR|KMS)Client\(config\)/.test(text));
    expect(clients.length).toBeGreaterThan(0);
    const loud = engine.filter(({ text }) => /\blogger\s*:/.test(text) && !/logger: (typeof )?silent/.test(text));
    expect(loud.map(({ path }) => path)).toEqual([]);
  });

  it('meet no child process, no file and no environment where they are resolved', () => {
    const outlets = /from 'node:(child_process|fs|fs\/promises|os|http|https|net|dgram|worker_threads|vm|inspector)'/;
    const parsesOnly = /import \{ (isIP|SocketAddress) \} from 'node:net';/;
    const resolving = all.filter(({ path }) => /^shared\/(secrets|workflows)\//.test(path));
    expect(resolving.filter(({ text }) => outlets.test(text.replace(parsesOnly, ''))).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('are in no error that passes on what another error says', () => {
    const risky = /\b(messageOf|adviceOf)\(|\bcause\b\s*[:,}]|\bString\((error|cause)\)|\.stack\b/;
    const resolving = all.filter(({ path }) => /^shared\/(secrets|adapters\/(aws|github|vault))\//.test(path));
    expect(
      resolving
        .filter(({ text }) => risky.test(text))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(lookers);
  });
});
