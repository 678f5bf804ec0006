import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** What all stacks of an installation know. */
export type Installation = {
  readonly id: string;
  /** The folder of the handlers, one file a function. */
  readonly handlers: string;
  readonly reserveConcurrency: boolean;
  /** The ARN of the topic that alarms go to. */
  readonly alarmTopic?: string;
};

/** The ARN of a topic however it was given. */
export function topicArnOf(topic: ITopic | string): string {
  return typeof topic === 'string' ? topic : topic.topicArn;
}
