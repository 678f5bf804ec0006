import { fileURLToPath } from 'node:url';
import { type Environment, Stack } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type Installation, topicArnOf } from './constructs/installation.ts';
import { checkName } from './constructs/names.ts';
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

const handlersOfOurs = fileURLToPath(new URL('../functions', import.meta.url));

/** What holds for the whole installation. */
export function installationOf(
  { node }: Construct,
  { installation, handlers, reserveConcurrency, alarmTopic }: PlumblineProps,
): Installation {
  const id: string = installation ?? node.tryGetContext('installation') ?? 'plumbline';
  return {
    id: checkName('installation', id),
    handlers: handlers ?? handlersOfOurs,
    reserveConcurrency: reserveConcurrency ?? true,
    ...(alarmTopic === undefined ? {} : { alarmTopic: topicArnOf(alarmTopic) }),
  };
}

/** The environment of the stack around, as CDK would have it for anything else in there. */
export function environmentAround(scope: Construct): Environment {
  const around = scope.node.scopes.reverse().find((one) => Stack.isStack(one));
  return around === undefined ? {} : { account: Stack.of(around).account, region: Stack.of(around).region };
}

/** A place of declarations as `plumb --control` takes it. */
export function formatControl(control: Control | string): string {
  if (typeof control === 'string') return control;
  const { repoURL, revision, path } = control;
  return `${repoURL}${revision === undefined ? '' : `#${revision}`}${path === undefined ? '' : `:${path}`}`;
}

/** What the state has to know. */
export function stateOptionsOf({
  objectLock,
  replica,
}: PlumblineProps): Pick<PlumblineProps, 'objectLock' | 'replica'> {
  return { ...(objectLock === undefined ? {} : { objectLock }), ...(replica === undefined ? {} : { replica }) };
}
