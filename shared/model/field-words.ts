/** A place in a manifest as people write it, `spec.data[0].key`; empty for the whole. */
export function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '');
}

const words: { readonly [type: string]: string } = {
  string: 'a text',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

/** What a value of a schema's type is called in messages; a type without a word is its own. */
export function wordForType(type: string): string {
  return words[type] ?? type;
}
