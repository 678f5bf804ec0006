import process from 'node:process';
import { App } from 'aws-cdk-lib';
import { addFromContext, toProps } from './context.ts';
import { parseContext } from './context-shape.ts';
import { Plumbline } from './plumbline.ts';

const app = new App();
const context = parseContext((name) => app.node.tryGetContext(name));
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
const env = account === undefined || region === undefined ? {} : { account, region };
addFromContext(new Plumbline(app, 'Plumbline', { ...toProps(context), env }), context);
