import { SecretError } from '../../errors.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Evaluated, Known } from './evaluation.ts';
import type { ExternalSecret } from './external-secret.ts';
import { noticesOf } from './notices.ts';
import { otherManifest } from './other-target.ts';
import { combineProblems } from './problems.ts';
import { type ProviderData, readProviderData } from './provider-data.ts';
import { type Rendered, renderTarget } from './render-target.ts';
import { secretManifest } from './secret-target.ts';

/**
 * What an ExternalSecret comes to, with all its answers known. All or nothing: one SecretError names each row and template that
 * fails, and never a value. The Secret has only the keys that this ExternalSecret gives it; those of others are merged by the cluster.
 */
export function evaluateExternalSecret(es: ExternalSecret, known: Known): Evaluated {
  const { target } = es;
  if (target.creationPolicy === 'None') return { state: 'left-alone', missing: [] };
  try {
    if (target.creationPolicy === 'Merge' && known.existing === undefined) throw nothingToMergeWith(target.name);
    return evaluate(es, known);
  } catch (error) {
    throw error instanceof SecretErrors ? combineProblems(es, error.all) : combineProblems(es, [asSecretError(error)]);
  }
}

/** Several failures on their way to one message. */
class SecretErrors extends Error {
  readonly all: readonly SecretError[];

  constructor(all: readonly SecretError[]) {
    super();
    this.all = all;
  }
}

function evaluate(es: ExternalSecret, known: Known): Evaluated {
  const provider = readProviderData(es, known);
  if (provider.problems.length > 0) throw new SecretErrors(provider.problems);
  const { missing } = provider;
  if (provider.values.size === 0) {
    const { creationPolicy, deletionPolicy } = es.target;
    if (deletionPolicy === 'Retain') return { state: 'left-alone', missing };
    if (deletionPolicy === 'Delete' && creationPolicy !== 'Owner') throw notOwned();
    if (deletionPolicy === 'Delete') return { state: 'delete', missing };
  }
  const rendered = renderTarget(es, provider.values, known);
  if (rendered.problems.length > 0) throw new SecretErrors(rendered.problems);
  const manifest = toManifest(es, { provider, rendered }, known);
  return { state: 'resolved', manifest, missing, notices: noticesOf(es), usesExisting: provider.kept.size > 0 };
}

type Parts = { readonly provider: ProviderData; readonly rendered: Rendered };

function toManifest(es: ExternalSecret, { provider, rendered: { draft } }: Parts, known: Known): Manifest {
  const kind = es.target.manifest;
  if (kind !== undefined) return otherManifest(es, { kind, values: provider.values, draft }, known);
  return secretManifest(es, { provider, draft }, known);
}

function asSecretError(error: unknown): SecretError {
  if (error instanceof SecretError) return error;
  return new SecretError('secret-invalid', 'it failed in a way that is not known', {
    hint: 'report it with the manifest',
  });
}

function nothingToMergeWith(name: string): SecretError {
  return new SecretError('secret-absent', `Secret ${name} does not exist, and creationPolicy: Merge does not make it`, {
    hint: 'create the Secret first, or set creationPolicy: CreateOrMerge',
  });
}

function notOwned(): SecretError {
  return new SecretError(
    'secret-invalid',
    'the provider has nothing any more, and deletionPolicy: Delete goes with creationPolicy: Owner only',
    {
      hint: 'set creationPolicy: Owner, or another deletionPolicy',
    },
  );
}
