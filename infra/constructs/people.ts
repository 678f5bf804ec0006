import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { StateStack } from '../state-stack.ts';
import { type Right, statementOf } from './allow.ts';
import { workQueue } from './names.ts';
import { rightsToState, stateRights } from './state-rights.ts';

/** Lets someone read the state and follow what happens. */
export function allowReading(grantee: IGrantable, { state, events }: StateStack): void {
  const place = { bucketArn: state.bucket.bucketArn, keyArn: state.key.keyArn };
  const follow: Right = {
    actions: ['logs:FilterLogEvents', 'logs:StartLiveTail'],
    resources: [events.log.logGroupArn],
  };
  give(grantee, [...rightsToState(place, stateRights.person), follow]);
}

/** Lets someone send work to those who render, or to a zone. */
export function allowOperating(grantee: IGrantable, installation: string, zone?: string): void {
  const works = zone === undefined ? (['render'] as const) : (['sync', 'restore'] as const);
  const resources = works.map((work) => workQueue(installation, work, zone).arn);
  give(grantee, [{ actions: ['sqs:SendMessage'], resources }]);
}

function give({ grantPrincipal }: IGrantable, rights: readonly Right[]): void {
  for (const right of rights) grantPrincipal.addToPrincipalPolicy(statementOf(right));
}
