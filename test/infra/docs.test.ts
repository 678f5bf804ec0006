import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type StateRights, stateRights } from '../../infra/constructs/state-rights.ts';
import { parseContext } from '../../infra/context-shape.ts';
import type { Resource } from './support/synthesise.ts';

const root = join(import.meta.dirname, '../..');
const example = 'examples/aws/app.ts';
const read = (page: string): Promise<string> => readFile(join(root, page), 'utf8');

/** So that the compiler checks it as it checks the tests. */
const compiled = (): Promise<typeof import('../../examples/aws/app.ts')> => import('../../examples/aws/app.ts');

const context = { 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-asset-staging': true };

type Template = {
  readonly Resources: { readonly [id: string]: Resource };
  readonly Outputs?: { [id: string]: object };
};
const templates = new Map<string, Template>();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumb-example-'));
  const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) };
  await promisify(execFile)(process.execPath, [example], { cwd: root, env });
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.template.json')))
    templates.set(name, JSON.parse(await readFile(join(folder, name), 'utf8')) as Template);
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const resources = (type: string): readonly (readonly [string, Resource])[] =>
  [...templates.values()].flatMap(({ Resources }) => Object.entries(Resources)).filter(([, { Type }]) => Type === type);

describe('the app of the documentation', () => {
  test.each(['README.md', 'docs/aws.md'])('is shown whole in %s', async (page) => {
    expect(await read(page)).toContain(`\`\`\`ts\n${await read(example)}\`\`\``);
  });

  test('has 15 lines, and makes an installation with a cluster that lets it in', async () => {
    expect(compiled).toBeInstanceOf(Function);
    expect((await read(example)).trimEnd().split('\n')).toHaveLength(15);
    expect(resources('AWS::Lambda::Function')).toHaveLength(7);
    expect(resources('AWS::EKS::AccessEntry')).toHaveLength(1);
  });

  test('has the outputs that docs/aws.md names', async () => {
    const outputs = [...templates.values()].flatMap(({ Outputs = {} }) => Object.keys(Outputs));
    const page = await read('docs/aws.md');
    for (const name of ['WebhookSecretCommand', 'WebhookUrl', 'ClusterRole', 'FlowSchema', 'Store', 'RoleArn']) {
      expect(outputs).toContain(name);
      expect(page).toContain(`\`${name}\``);
    }
  });

  test('can be said by the context that docs/aws.md shows', async () => {
    const [, block = ''] = /^(npx cdk deploy --all \\\n[\s\S]*?)^```$/m.exec(await read('docs/aws.md')) ?? [];
    const given = new Map([...block.matchAll(/-c (\w+)='([^']*)'/g)].map(([, name = '', value = '']) => [name, value]));
    const { control, clusters, gitCredentials } = parseContext((name) => given.get(name));
    expect(control).toBe('https://git.example/team/control.git#main:apps');
    expect([clusters.length, gitCredentials.length]).toEqual([1, 1]);
  });
});

test('docs/operations.md has a line for each alarm', async () => {
  const page = await read('docs/operations.md');
  const table = page.split('\n').filter((line) => /^\| \[`/.test(line));
  const names = table.flatMap((line) =>
    [...line.matchAll(/`(…?)(\w+)`/g)].map(([, any, name = '']) => ({ any, name })),
  );
  for (const [id] of resources('AWS::CloudWatch::Alarm')) {
    const own = id.replace(/^Alarms/, '').replace(/[0-9A-F]{8}$/, '');
    const known = names.some(({ any, name }) => (any === '' ? own === name : own.endsWith(name)));
    expect({ id, known }).toEqual({ id, known: true });
  }
});

describe('docs/security.md', () => {
  const columns = ['render', 'sync', 'control', 'person'] as const;

  test('has the rights to the state that the stacks give', async () => {
    const rows = [...(await read('docs/security.md')).matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)];
    const written = rows.flatMap(([, key = '', cells = '']) =>
      cells.split('|').map((cell, index) => `${key} ${columns[index]}: ${cell.trim()}`),
    );
    const keys = new Set(
      Object.values(stateRights).flatMap(({ read: r, write, remove }) => [...r, ...write, ...remove]),
    );
    const given = [...keys].flatMap((key) => columns.map((who) => `${key} ${who}: ${inWords(key, stateRights[who])}`));
    expect(written.sort()).toEqual(given.sort());
  });

  function inWords(key: string, rights: StateRights): string {
    return (['read', 'write', 'remove'] as const).filter((right) => rights[right].includes(key)).join(', ');
  }
});

test.each(['README.md', 'docs/aws.md', 'docs/security.md', 'docs/operations.md'])(
  'links of %s lead to headings that are there',
  async (page) => {
    for (const [, path = '', anchor = ''] of (await read(page)).matchAll(/\]\(([^):]*?)#([^)]+)\)/g)) {
      const target = path === '' ? page : join(page, '..', path);
      const headings = [...(await read(target)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
      expect({ target, headings }).toEqual({ target, headings: expect.arrayContaining([anchor]) });
    }
  },
);

/** As GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
