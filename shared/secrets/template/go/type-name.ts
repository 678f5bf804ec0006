import type { GoValue } from './value.ts';

/** The type of a value as Go prints it with %T. */
export function typeName(value: GoValue): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  switch (value.kind) {
    case 'integer':
      return value.type;
    case 'float':
      return 'float64';
    case 'list':
      return `[]${value.item}`;
    case 'map':
      return `map[string]${value.item}`;
    case 'time':
      return 'time.Time';
    case 'version':
      return '*semver.Version';
    case 'certificate':
      return 'sprig.certificate';
  }
}

/** The kind of a value as Go's reflect names it. */
export function kindName(value: GoValue): string {
  if (value === null || value === undefined) return 'invalid';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  switch (value.kind) {
    case 'integer':
      return value.type;
    case 'float':
      return 'float64';
    case 'list':
      return 'slice';
    case 'map':
      return 'map';
    case 'version':
      return 'ptr';
    default:
      return 'struct';
  }
}
