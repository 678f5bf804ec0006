import type { Environment } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateBucketProps } from './constructs/state-bucket.ts';

/** Where a team's Applications are declared. */
export type Control = {
  readonly repoURL: string;
  /** A branch, a tag or a commit; absent: the default branch. */
  readonly revision?: string;
  /** A folder; absent: the whole repository. */
  readonly path?: string;
};

export type PlumblineProps = Pick<StateBucketProps, 'objectLock' | 'replica'> & {
  /** As such, or as `plumb --control` takes it. */
  readonly control: Control | string;
  /** Tells installations of one account apart; absent: the context value `installation`, or `plumbline`. */
  readonly installation?: string;
  /** Absent: that of the stack around, or of the app. */
  readonly env?: Environment;
  /** A secret, or its ARN, with a line for each Git host such as `github SECRET`; absent: one is made, to be filled. */
  readonly webhookSecret?: ISecret | string;
  /** Who may use which secret store, as docs/secrets.md describes it. */
  readonly secretsConfig?: string;
  /** Where alarms go. */
  readonly alarmTopic?: ITopic | string;
  /** Whether functions reserve a part of the account's concurrency; absent: yes. A new account has too little of it. */
  readonly reserveConcurrency?: boolean;
  /** Where helm and kubectl are, if not in the layer that comes along. */
  readonly tools?: { readonly helm: string; readonly kubectl: string };
  /** The folder of the handlers; absent: Plumbline's own. */
  readonly handlers?: string;
};
