/** From an object's root to a field: keys and list indexes. */
export type FieldPath = readonly (string | number)[];

/** For people: `spec.template.spec.containers[0].image`, `metadata.annotations["example.com/owner"]`. */
export function formatPath(path: FieldPath): string {
  const text = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_$][\w$-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return text.join('').replace(/^\./, '');
}
