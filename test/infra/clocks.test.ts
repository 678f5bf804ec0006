import { expect, test } from '@jest/globals';
import { synthesise } from './support/synthesise.ts';

const plain = synthesise({}, (plumbline) => {
  plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/prod');
});

const ticks = ['render', 'sync-public', 'control'].flatMap((stack) =>
  plain.resources(stack, 'AWS::Scheduler::Schedule').map(({ Properties }) => Properties),
);

test('looks, scans, tidies and registers, each at its pace', () => {
  expect(ticks.map(({ ScheduleExpression, Target }) => `${ScheduleExpression} ${Target.Input}`).sort()).toEqual([
    'rate(1 minute) {"tick":true}',
    'rate(3 minutes) {"cluster":"arn:aws:eks:eu-central-1:111122223333:cluster/prod"}',
    'rate(360 minutes) {"tidy":true}',
    'rate(5 minutes) {"tick":true}',
  ]);
});

test('a tick that is not delivered is a dead letter, and is not tried for long', () => {
  for (const { Target } of ticks) {
    expect(Target.DeadLetterConfig.Arn).toEqual({ 'Fn::ImportValue': 'plumbline-dead-letters-arn' });
    expect(Target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 });
  }
});

test('the relay hears of new values of secrets and parameters', () => {
  const rules = plain.resources('control', 'AWS::Events::Rule').map(({ Properties }) => Properties);
  expect(rules.map(({ EventPattern }) => EventPattern.source)).toEqual([['aws.secretsmanager'], ['aws.ssm']]);
  for (const { Targets } of rules) expect(Targets[0].DeadLetterConfig).toBeDefined();
});

test('what the relay could not take up of them is a dead letter', () => {
  plain.template('control').hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: { 'Fn::ImportValue': 'plumbline-dead-letters-arn' } } },
  });
});
