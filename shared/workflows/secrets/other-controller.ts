import { attempt } from '../../apply/attempt.ts';
import type { ExternalSecret } from '../../secrets/external/external-secret.ts';
import { type Reference, referencesOf } from '../../secrets/external/references.ts';
import type { Resolving } from './resolving.ts';

/** True when a store or generator of an ExternalSecret is of another class than this Plumbline's. */
export async function isForOthers(es: ExternalSecret, resolving: Resolving): Promise<boolean> {
  const classes = await Promise.all(referencesOf(es).map((reference) => attempt(classOf(reference, resolving))));
  // What cannot be found is told when it is asked for.
  const named = classes.flatMap((each) => (each.ok && each.value !== undefined ? [each.value] : []));
  return named.some((name) => name !== resolving.config.controllerClass);
}

async function classOf(reference: Reference, { shelf }: Resolving): Promise<string | undefined> {
  if (reference.type === 'template-source') return undefined;
  if (reference.type === 'generate') return (await shelf.generator(reference.generator)).controller;
  return (await shelf.store(reference.store)).controller;
}
