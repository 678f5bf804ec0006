import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { Plumbline } from '../../infra/plumbline.ts';
import { importVpc } from './support/full.ts';
import { synthesise, usualEnv } from './support/synthesise.ts';

type Statement = { readonly Action: string | string[]; readonly Resource: unknown };

/** What a role of a team may do when it is granted something. */
function granted(grant: (plumbline: Plumbline, role: Role) => void): { actions: readonly string[]; text: string } {
  let team: Stack | undefined;
  synthesise({}, (plumbline, app) => {
    team = new Stack(app, 'team', { env: usualEnv });
    grant(plumbline, new Role(team, 'Role', { assumedBy: new AccountRootPrincipal() }));
  });
  const policies = Object.values(Template.fromStack(team as Stack).findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
  return {
    actions: [...new Set(statements.flatMap(({ Action }) => Action))].sort(),
    text: JSON.stringify(statements),
  };
}

test('who may read sees the state and what happens, and nothing of the operators', () => {
  const { actions, text } = granted((plumbline, role) => plumbline.grantRead(role));
  expect(actions).toEqual([
    'kms:Decrypt',
    'logs:FilterLogEvents',
    'logs:StartLiveTail',
    's3:GetObject',
    's3:ListBucket',
  ]);
  expect(text).toContain('/heads/*');
  expect(text).not.toMatch(/operator|secret-stores/);
});

test('who may operate sends work as well, to zones that are added later, too', () => {
  const { actions, text } = granted((plumbline, role) => {
    plumbline.grantOperate(role);
    plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/vault', {
      privateEndpoint: {
        vpc: importVpc(plumbline.state),
        clusterSecurityGroupId: 'sg-0123456789abcdef0',
        s3PrefixList: 'pl-0123456789abcdef0',
      },
    });
  });
  expect(actions).toContain('sqs:SendMessage');
  expect(actions.filter((action) => /Put|Delete|Receive/.test(action))).toEqual([]);
  for (const queue of ['render', 'sync-public', 'restore-public', 'sync-vault', 'restore-vault'])
    expect(text).toContain(`:plumbline-${queue}.fifo`);
});

test('who may inspect looks at how all parts are set, at clusters that are added later, too, and changes nothing', () => {
  const { actions, text } = granted((plumbline, role) => {
    plumbline.grantInspect(role);
    plumbline.addCluster('arn:aws:eks:eu-central-1:111122223333:cluster/prod');
  });
  expect(actions).toEqual(expect.arrayContaining(['eks:DescribeAccessEntry', 'lambda:GetFunctionConfiguration']));
  expect(actions.filter((action) => !/:(Get|List|Describe|Decrypt|Filter|StartLiveTail)/.test(action))).toEqual([]);
  expect(text).toContain('access-entry/prod/*');
});
