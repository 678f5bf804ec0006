import type { Budget } from './budget.ts';
import { writeJson } from './json.ts';
import { decodeText } from './utf8.ts';
import { type GoValue, sortedKeys } from './value.ts';
import type { YamlValue } from './yaml-write.ts';

/** What JSON would say of a value, since Go makes YAML of that; undefined where JSON cannot say it. */
export function toYamlValue(value: GoValue, budget: Budget): YamlValue | undefined {
  budget.spend(1);
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return decodeText(value);
  if (value.kind === 'list') return toItems(value.items, value.isNil, budget);
  if (value.kind === 'map')
    return toMembers(
      sortedKeys(value).map((key) => [key, value.entries.get(key)] as const),
      budget,
    );
  if (value.kind === 'certificate')
    return toMembers(
      [
        ['Cert', value.certificate],
        ['Key', value.key],
      ],
      budget,
    );
  if (value.kind === 'float' && !Number.isFinite(value.value)) return undefined;
  const json = writeJson(value, { indent: '', escapesHtml: false }, budget);
  return json.startsWith('"') ? json.slice(1, -1) : { number: json };
}

function toItems(items: readonly GoValue[], isNil: boolean, budget: Budget): YamlValue | undefined {
  if (isNil) return null;
  const made = budget.descend(() => items.map((item) => toYamlValue(item, budget)));
  return made.some((item) => item === undefined) ? undefined : (made as YamlValue[]);
}

function toMembers(members: readonly (readonly [string, GoValue])[], budget: Budget): YamlValue | undefined {
  const made = budget.descend(() =>
    members.map(([key, member]) => [decodeText(key), toYamlValue(member, budget)] as const),
  );
  return made.some(([, member]) => member === undefined) ? undefined : new Map(made as [string, YamlValue][]);
}
