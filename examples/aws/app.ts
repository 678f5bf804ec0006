import { App } from 'aws-cdk-lib';
import { Plumbline } from '../../infra/plumbline.ts';

const account = '111122223333';
const region = 'eu-central-1';
const app = new App();
const plumbline = new Plumbline(app, 'Plumbline', {
  control: 'https://git.example/team/control.git#main:apps',
  env: { account, region },
});
plumbline.addCluster(`arn:aws:eks:${region}:${account}:cluster/prod`, { access: { clusterAdmin: true } });
plumbline.addGitCredentials(
  'https://git.example/',
  `arn:aws:secretsmanager:${region}:${account}:secret:git-AbCdEf`,
);
