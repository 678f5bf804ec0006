import { messageOf } from '../../../errors.ts';
import type { Json } from '../../../model/json.ts';
import { parseYaml as parseDocument } from '../../../model/yaml.ts';

export type { Json } from '../../../model/json.ts';

/** What a YAML text holds, or why it does not: the parser's own words may quote the text and stay here. */
export type ReadYaml = { readonly value: Json } | 'unreadable' | 'unsupported';

/** Reads one YAML document. */
export function parseYaml(text: string): ReadYaml {
  try {
    return { value: parseDocument(text, 'yaml') };
  } catch (error) {
    const reason = messageOf(error);
    return /is written twice in one mapping$|too large to be kept exactly/.test(reason) ? 'unsupported' : 'unreadable';
  }
}
