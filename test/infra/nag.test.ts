import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { synthesiseFull } from './support/full.ts';
import { createApp } from './support/synthesise.ts';

test('AWS Solutions finds nothing that is not explained', () => {
  const { app } = synthesiseFull();
  app.synth();
  expect(check(app)).toEqual([]);
});

test('AWS Solutions does look', () => {
  const app = createApp();
  new Topic(new Stack(app, 'Stack'), 'Topic');
  expect(check(app)).toEqual(['AwsSolutions-SNS3 at Stack/Topic/Resource']);
});

function check(scope: IConstruct): readonly string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(scope);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
  );
}
