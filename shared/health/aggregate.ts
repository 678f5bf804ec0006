import type { StringMap } from '../model/manifest.ts';
import { formatRef, type ObjectRef } from '../model/object-ref.ts';
import { type Health, type HealthCode, healthCodes } from '../model/status.ts';

/** One object of an application. `health` is absent for kinds without a rule. */
export type AssessedObject = {
  readonly ref: ObjectRef;
  readonly health: Health | undefined;
  readonly annotations?: StringMap;
};

const namedCauses = 3;

/**
 * The health of an application: the worst of its objects, with up to three that cause it.
 * Left out are objects without a rule, missing ones (they show as out of sync), and those annotated `ignore-healthcheck`.
 * Nothing but missing objects is Missing; no object at all is Healthy. Source: Argo CD's controller/health.go.
 */
export function aggregateHealth(objects: readonly AssessedObject[]): Health {
  const counted = objects.filter(isCounted);
  if (objects.length > 0 && objects.every(({ health }) => health?.code === 'Missing')) {
    return { code: 'Missing', message: 'none of its objects is there' };
  }
  const worst = healthCodes[Math.max(0, ...counted.map(({ health }) => rankOf(health?.code)))] ?? 'Healthy';
  if (worst === 'Healthy') return { code: 'Healthy', message: '' };
  const causes = counted.filter(({ health }) => health?.code === worst);
  return {
    code: worst,
    message: `Caused by ${causes.slice(0, namedCauses).map(describe).join('; ')}${more(causes.length)}`,
  };
}

function isCounted({ health, annotations }: AssessedObject): boolean {
  if (health === undefined || health.code === 'Missing') return false;
  return annotations?.['argocd.argoproj.io/ignore-healthcheck'] !== 'true';
}

function rankOf(code: HealthCode | undefined): number {
  return code === undefined ? 0 : healthCodes.indexOf(code);
}

function describe({ ref, health }: AssessedObject): string {
  return health === undefined || health.message === '' ? formatRef(ref) : `${formatRef(ref)}: ${health.message}`;
}

function more(count: number): string {
  return count > namedCauses ? `; and ${count - namedCauses} more` : '';
}
