import { Aws, Fn } from 'aws-cdk-lib';

/** What waits for whom. */
export type Work = 'render' | 'sync' | 'restore';

/** A queue that another stack owns: named, so that no stack has to wait for the other. */
export type NamedQueue = { readonly name: string; readonly arn: string; readonly url: string };

/** The zone of clusters whose endpoints can be reached without a VPC. */
export const publicZone = 'public';

const form = /^[a-z][a-z0-9-]{0,29}$/;

/** Refuses what cannot be part of the names of stacks, queues and parameters. */
export function checkName(what: string, name: string): string {
  if (form.test(name)) return name;
  throw new Error(`${what} "${name}": write at most 30 lower-case letters, digits and "-", the first one a letter`);
}

/** What all physical names of an installation begin with, so that two of one account do not meet. */
export function namePrefix(installation: string): string {
  return installation.startsWith('plumbline') ? installation : `plumbline-${installation}`;
}

/** Where the settings of an installation are in Parameter Store. */
export function settingsPath(installation: string): string {
  return `/plumbline/${installation}`;
}

/**
 * A work queue of an installation. Zones send to each other's queues in a circle (render to sync, sync to render), which only
 * names can break.
 */
export function workQueue(installation: string, work: Work, zone?: string): NamedQueue {
  const name = `${namePrefix(installation)}-${work}${zone === undefined ? '' : `-${zone}`}.fifo`;
  return {
    name,
    arn: `arn:${Aws.PARTITION}:sqs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${name}`,
    url: Fn.join('', ['https://sqs.', Aws.REGION, '.', Aws.URL_SUFFIX, '/', Aws.ACCOUNT_ID, '/', name]),
  };
}
