import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import type { Budget } from '../go/budget.ts';
import { TemplateFailure } from '../go/failure.ts';
import { decodeText, encodeText } from '../go/utf8.ts';
import { type GoMap, type GoValue, toFloat, toList, toMap } from '../go/value.ts';
import { toYamlValue } from '../go/yaml-value.ts';
import { writeYaml } from '../go/yaml-write.ts';
import { type Json, parseYaml } from './read-yaml.ts';

/** YAML, as External Secrets adds it to sprig. */
export const yamlFunctions: FunctionTable = {
  toYaml: fixed(['any'], ([value], { budget }) => {
    const plain = toYamlValue(value, budget);
    return plain === undefined ? '' : encodeText(writeYaml(plain, budget).replace(/\n$/, ''));
  }),
  fromYaml: fixed(['string'], ([text], { budget }) => readMap(text, budget)),
};

/** A mapping; as in External Secrets, a text that is none gives a dict with the key `Error`. */
function readMap(text: string, budget: Budget): GoMap {
  const read = parseYaml(decodeText(text));
  if (read === 'unsupported')
    throw new TemplateFailure(
      'the YAML has a key twice, or an integer too large to be kept exactly',
      'use fromJson, or quote the number',
    );
  if (read === 'unreadable' || typeof read.value !== 'object' || Array.isArray(read.value))
    return toMap([['Error', 'the text is no YAML mapping']]);
  if (read.value === null) return toMap([]);
  const value = toGo(read.value, budget);
  return value as GoMap;
}

function toGo(value: Json, budget: Budget): GoValue {
  budget.spend(1);
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return toFloat(value);
  if (typeof value !== 'object' || value === null) return value;
  return budget.descend(() => {
    if (Array.isArray(value)) return toList(value.map((item: Json) => toGo(item, budget)));
    return toMap(
      Object.entries(value).map(([key, member]) => [encodeText(key), toGo(member as Json, budget)] as const),
    );
  });
}
