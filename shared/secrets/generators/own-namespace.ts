import type { GeneratorSpec } from '../../model/secret-generator.ts';
import type { Problem } from '../external/shape.ts';

type Ref = { readonly name: string; readonly namespace?: string };

/** References of a generator into another namespace: what it needs is read in that of the ExternalSecret, and nowhere else. */
export function foreignNamespaces(spec: GeneratorSpec, namespace: string): readonly Problem[] {
  return refsOf(spec)
    .filter((ref) => ref.namespace !== undefined && ref.namespace !== '' && ref.namespace !== namespace)
    .map(({ name }) => ({
      field: 'spec',
      text: `refers to ${name} in another namespace`,
      hint: 'leave the namespace out: it is that of the ExternalSecret',
    }));
}

function refsOf(spec: GeneratorSpec): readonly Ref[] {
  if (spec.type === 'github-token') return [spec.privateKey];
  if (spec.type !== 'ecr-token' || spec.auth === undefined) return [];
  if (spec.auth.type === 'service-account') return [spec.auth.account];
  const { accessKeyId, secretAccessKey, sessionToken } = spec.auth;
  return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
