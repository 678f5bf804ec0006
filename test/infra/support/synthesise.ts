import { fileURLToPath } from 'node:url';
import { App, type Environment, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Plumbline } from '../../../infra/plumbline.ts';
import type { PlumblineProps } from '../../../infra/plumbline-props.ts';

/** What CloudFormation would get of a resource. */
export type Resource = ReturnType<Template['findResources']>[string];

export type Synthesised = {
  readonly plumbline: Plumbline;
  readonly app: App;
  /** The template of a stack of Plumbline, such as `sync-public`. */
  template(stack: string): Template;
  /** All resources of that type in a stack. */
  resources(stack: string, type: string): readonly Resource[];
  /** All stacks of Plumbline. */
  readonly stacks: readonly Stack[];
};

export const usualEnv: Environment = { account: '111122223333', region: 'eu-central-1' };

const control = { repoURL: 'https://git.example/team/control.git', revision: 'main', path: 'apps' };

/** An app that bundles and copies nothing. */
export function createApp(context: { readonly [name: string]: unknown } = {}): App {
  const quick = { 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-asset-staging': true };
  // What CloudFormation would refuse is refused at once.
  return new App({ context: { ...quick, '@aws-cdk/core:validateAgainstDefaultRules': true, ...context } });
}

/** Synthesises an installation once; `add` is what its owner does with it. */
export function synthesise(
  props: Partial<PlumblineProps> = {},
  add: (plumbline: Plumbline, app: App) => void = () => {},
): Synthesised {
  const app = createApp();
  const plumbline = new Plumbline(app, 'Plumbline', { control, env: usualEnv, ...props });
  add(plumbline, app);
  const stacks = plumbline.node.children.filter((child) => Stack.isStack(child));
  const templates = new Map<string, Template>();
  const template = (stack: string): Template => {
    const found = templates.get(stack) ?? Template.fromStack(plumbline.node.findChild(stack) as Stack);
    templates.set(stack, found);
    return found;
  };
  return {
    plumbline,
    app,
    stacks,
    template,
    resources: (stack, type) => Object.values(template(stack).findResources(type)) as Resource[],
  };
}

/** The folder of the handlers. */
export const handlers: string = fileURLToPath(new URL('../../../functions', import.meta.url));
