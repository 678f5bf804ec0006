import { describe, expect, it } from '@jest/globals';
import { InvalidManifest } from '../../../shared/errors.ts';
import { parseManifests, readManifests } from '../../../shared/model/yaml.ts';
import { processorTime } from '../../support/processor-time.ts';

const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const namesIn = (text: string): readonly string[] =>
  parseManifests(text, 'f.yaml').map(({ metadata }) => metadata.name);

describe('manifests in YAML', () => {
  it('come in their order, without empty documents', () => {
    expect(namesIn(`---\n${object('a')}---\n# nothing\n---\n\n---\n${object('b')}---\n`)).toEqual(['a', 'b']);
    expect(namesIn('')).toEqual([]);
  });

  it('are taken out of Lists, nested ones and typed ones included', () => {
    const item = (name: string): string => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`;
    const nested = `{apiVersion: v1, kind: ConfigMapList, items: [${item('b')}]}`;
    expect(namesIn(`apiVersion: v1\nkind: List\nitems: [${item('a')}, ${nested}]\n---\n${object('c')}`)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(namesIn('apiVersion: v1\nkind: List\nitems: null\n')).toEqual([]);
    expect(namesIn('apiVersion: v1\nkind: List\nitems: []\n')).toEqual([]);
  });

  it('may have a field `items` of their own when they are no List', () => {
    expect(namesIn('apiVersion: x/v1\nkind: Menu\nmetadata: {name: m}\nitems: [soup]\n')).toEqual(['m']);
  });

  it.each([
    ['just text', 'f.yaml:1: a Kubernetes object is wanted, not text'],
    ['- a', 'f.yaml:1: a Kubernetes object is wanted, not a list'],
    ['apiVersion: v1', 'f.yaml:1: object: kind is missing'],
    ['kind: Secret', 'f.yaml:1: Secret: apiVersion is missing'],
    ['apiVersion: v1\nkind: Secret', 'f.yaml:1: Secret: metadata is missing'],
    ['apiVersion: v1\nkind: Secret\nmetadata: {}', 'f.yaml:1: Secret: metadata.name is missing'],
    [
      'apiVersion: v1\nkind: Secret\nmetadata: {name: 12}',
      'f.yaml:1: Secret: metadata.name must be text, not a number (12); put it in quotes',
    ],
    [
      'apiVersion: v1\nkind: Job\nmetadata: {generateName: j-}',
      'f.yaml:1: Job: metadata.generateName gives no fixed name; write metadata.name instead',
    ],
    [
      `${object('a')}  labels: {on: x, track: yes}`,
      'f.yaml:1: ConfigMap a: metadata.labels["track"] must be text, not true or false (true); put it in quotes',
    ],
    [`${object('a')}  annotations: [a]`, 'f.yaml:1: ConfigMap a: metadata.annotations must be a mapping, not a list'],
    [
      `${object('a')}  annotations: {x: null}`,
      'f.yaml:1: ConfigMap a: metadata.annotations["x"] must be text, not null',
    ],
    [
      `${object('a')}  namespace: 7`,
      'f.yaml:1: ConfigMap a: metadata.namespace must be text, not a number (7); put it in quotes',
    ],
    [`${object('a')}---\nkind: B\n`, 'f.yaml:6: document 2 of 2: B: apiVersion is missing'],
    ['apiVersion: v1\nkind: List\nitems: [{kind: A}]', 'f.yaml:1: items[0] of List: A: apiVersion is missing'],
  ])('are refused with file, document and field: %j', (text, message) => {
    expect(() => parseManifests(text, 'f.yaml')).toThrow(InvalidManifest);
    expect(() => parseManifests(text, 'f.yaml')).toThrow(message);
  });

  it('say what was read before a failure', () => {
    const { manifests, failure } = readManifests(`${object('a')}---\n${object('b')}---\na: b: c\n`, 'f.yaml');
    expect(manifests.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(failure?.message).toMatch(/^f\.yaml:11: /);
  });

  it('are read at more than 3,000 a second', () => {
    const text = Array.from(
      { length: 1_000 },
      (_, index) => `${object(`c${index}`)}data:\n  key: "value"\n  text: |\n    one\n    two\n`,
    ).join('---\n');
    const runs = Array.from({ length: 4 }, () =>
      processorTime(() => expect(parseManifests(text, 'f.yaml')).toHaveLength(1_000)),
    );
    expect(Math.min(...runs)).toBeLessThan(300);
  });
});
