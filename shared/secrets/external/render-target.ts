import { SecretError } from '../../errors.ts';
import { decodeValue } from './decode.ts';
import type { DraftEntry } from './draft.ts';
import type { Known } from './evaluation.ts';
import type { ExternalSecret, TemplateFrom, TemplateItem } from './external-secret.ts';
import { withPlace } from './problems.ts';
import { referenceKey, referenceOfTemplate } from './references.ts';
import { readKeysAndValues, readRenderedYaml, readsValues, renderText, type TemplateText } from './rendered.ts';
import type { Values } from './values.ts';
import { refuseValuesAsKeys } from './values-as-keys.ts';

/** What templates make of the values: later entries win. */
export type Rendered = { readonly draft: readonly DraftEntry[]; readonly problems: readonly SecretError[] };

type Task = () => readonly DraftEntry[];

/** Renders templateFrom in order, then template.data, then labels and annotations; goes on after a failure so that each is reported. */
export function renderTarget(es: ExternalSecret, values: Values, known: Known): Rendered {
  const draft: DraftEntry[] = [];
  const problems: SecretError[] = [];
  for (const task of tasksOf(es, values, known)) {
    try {
      draft.push(...task());
    } catch (error) {
      problems.push(error instanceof SecretError ? error : withPlace('spec.target.template', error));
    }
  }
  return { draft, problems };
}

function tasksOf(es: ExternalSecret, values: Values, known: Known): readonly Task[] {
  const { template } = es.target;
  if (template === undefined) return [];
  const texts = (target: string, map: { readonly [key: string]: string }): readonly Task[] =>
    Object.entries(map).map(([key, text]) => () => {
      const source = { name: target === 'data' ? key : `metadata.${target}.${key}`, text };
      return [{ target, key, ...renderedValue(source, values, known) }];
    });
  return [
    ...template.templateFrom.map((entry, index) => () => renderFrom({ es, entry, index }, values, known)),
    ...texts('data', template.data),
    ...texts('labels', template.labels),
    ...texts('annotations', template.annotations),
  ];
}

type RenderedValue = { readonly name: string; readonly bytes: Uint8Array; readonly tainted: boolean };

function renderedValue(source: TemplateText, values: Values, known: Known): RenderedValue {
  return { name: source.name, bytes: renderText(source, values, known), tainted: readsValues(source) };
}

type From = { readonly es: ExternalSecret; readonly entry: TemplateFrom; readonly index: number };

function renderFrom(from: From, values: Values, known: Known): readonly DraftEntry[] {
  const { entry, index } = from;
  const name = `templateFrom[${index}]`;
  if (entry.from.type === 'literal')
    return renderMap(entry, { name, text: entry.from.text, secretText: false }, { values, known });
  const { items, type } = entry.from;
  const sources = sourceData(from, known);
  return items.flatMap((item) => {
    const text = Buffer.from(itemOf(from, item, sources)).toString('utf8');
    const source = { name: `${name}.${item.key}`, text, secretText: type === 'Secret' };
    if (item.templateAs === 'KeysAndValues') return renderMap(entry, source, { values, known });
    return [renderItem(entry, { source, key: item.key }, { values, known })];
  });
}

type Source = TemplateText & {
  /** True: the template itself is from a Secret. */
  readonly secretText: boolean;
};
type Context = { readonly values: Values; readonly known: Known };

function renderItem(
  { target, valuesDecoding }: TemplateFrom,
  { source, key }: { readonly source: Source; readonly key: string },
  { values, known }: Context,
): DraftEntry {
  const { name, bytes, tainted } = renderedValue(source, values, known);
  return { target, key, name, tainted: tainted || source.secretText, bytes: decodeValue(valuesDecoding, bytes) };
}

function renderMap(entry: TemplateFrom, source: Source, { values, known }: Context): readonly DraftEntry[] {
  const { name, bytes, tainted: reads } = renderedValue(source, values, known);
  const tainted = reads || source.secretText;
  const { target, valuesDecoding } = entry;
  if (!['data', 'labels', 'annotations'].includes(target)) {
    return [{ target, name, tainted, json: readRenderedYaml(name, bytes) }];
  }
  const pairs = readKeysAndValues(name, bytes, valuesDecoding);
  if (tainted && !known.allow.metadata) refuseValuesAsKeys(source, [...pairs.keys()], values);
  return [...pairs].map(([key, value]) => ({ target, key, name, tainted, bytes: value }));
}

type SourceData = ReadonlyMap<string, Uint8Array>;

function sourceData({ es, entry, index }: From, known: Known): SourceData {
  const reference = referenceOfTemplate(es.namespace, entry);
  const answer = reference === undefined ? undefined : known.answers.get(referenceKey(reference));
  if (answer?.state === 'source') return answer.data;
  if (answer?.state === 'failed') throw withPlace(placeOf(es, entry, index), answer.error);
  throw new SecretError('secret-absent', `${placeOf(es, entry, index)}: it does not exist`, {
    hint: 'create it in the namespace of the ExternalSecret, or correct the name',
  });
}

function itemOf({ es, entry, index }: From, { key }: TemplateItem, sources: SourceData): Uint8Array {
  const text = sources.get(key);
  if (text !== undefined) return text;
  throw new SecretError('secret-absent', `${placeOf(es, entry, index)}: it has no key ${key}`, {
    hint: 'add the key there, or correct items',
  });
}

function placeOf(es: ExternalSecret, { from }: TemplateFrom, index: number): string {
  const source = from.type === 'literal' ? 'literal' : `${from.type} ${es.namespace}/${from.name}`;
  return `spec.target.template.templateFrom[${index}] (${source})`;
}
