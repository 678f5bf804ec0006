import type { Json } from '../../shared/model/json.ts';
import type { Output } from '../global-options.ts';

/** A value for programs, ending in a line break: indented JSON, or YAML with sorted keys. */
export async function formatData(value: unknown, output: Exclude<Output, 'table'>): Promise<string> {
  const json = JSON.stringify(value, undefined, 2);
  if (output === 'json') return `${json}\n`;
  const { formatYaml } = await import('../../shared/model/yaml.ts');
  return formatYaml(JSON.parse(json) as Json);
}
