import { KubectlV35Layer } from '@aws-cdk/lambda-layer-kubectl-v35';
import { Duration, Lazy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Alarms } from './constructs/alarms.ts';
import { Clock } from './constructs/clock.ts';
import { allowSecretTexts, allowSend, createFunctionRole } from './constructs/function-role.ts';
import type { Installation } from './constructs/installation.ts';
import { nameSecret } from './constructs/named-secret.ts';
import { workQueue } from './constructs/names.ts';
import { PlumbFunction } from './constructs/plumb-function.ts';
import { stateRights } from './constructs/state-rights.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import type { StateExports } from './state-stack.ts';

export type RenderStackProps = StackProps & {
  readonly installation: Installation;
  readonly state: StateExports;
  /** As `plumb --control` takes it. */
  readonly control: string;
  /** Where the programs are, if not in the layer. */
  readonly tools?: { readonly helm: string; readonly kubectl: string };
};

/** The render zone: it meets untrusted input, and no cluster, no secret of an application, no head and no snapshot. */
export class RenderStack extends Stack {
  readonly queue: WorkQueue;
  readonly functions: { readonly schedule: PlumbFunction; readonly render: PlumbFunction };
  readonly #installation: string;
  readonly #scheduleRole: Role;
  readonly #renderRole: Role;
  readonly #syncQueues: Record<string, string> = {};
  readonly #credentials: { readonly urlPrefix: string; readonly secret: string }[] = [];

  constructor(scope: Construct, id: string, { installation, state, control, tools, ...props }: RenderStackProps) {
    super(scope, id, { description: `Plumbline ${installation.id}: the render zone`, ...props });
    this.#installation = installation.id;
    const queue = workQueue(installation.id, 'render');
    const failed = Queue.fromQueueAttributes(this, 'FailedWork', { queueArn: state.failedWorkArn, fifo: true });
    this.queue = new WorkQueue(this, 'Queue', { worker: 'render', queueName: queue.name, failed });
    this.#scheduleRole = this.#createRole('ScheduleRole', 'Looks where Git has moved', state);
    this.#renderRole = this.#createRole('RenderRole', 'Fetches and renders', state);
    // For what cannot be read.
    allowSend(this.#renderRole, [state.deadLettersArn]);
    const environment = {
      PLUMB_BUCKET: state.bucketName,
      PLUMB_CONTROL: control,
      PLUMB_RENDER_QUEUE: queue.url,
      PLUMB_GIT_CREDENTIALS: Lazy.string({ produce: () => this.toJsonString(this.#credentials) }),
    };
    this.functions = {
      schedule: new PlumbFunction(this, 'Schedule', {
        installation,
        name: 'schedule',
        role: this.#scheduleRole,
        environment,
      }),
      render: new PlumbFunction(this, 'Render', {
        installation,
        name: 'render',
        role: this.#renderRole,
        ...(tools === undefined ? { layer: new KubectlV35Layer(this, 'Tools') } : {}),
        // What has moved again while it was rendered is looked at again.
        goesRound: true,
        environment: { ...environment, ...this.#renderEnvironment(state, tools) },
      }),
    };
    this.queue.feed(this.functions.render);
    this.#setClock(state);
    this.#watch(installation);
  }

  /** Lets both functions read a credential for all repositories below a URL. */
  addGitCredentials(urlPrefix: string, secret: ISecret | string): void {
    const named = nameSecret(secret);
    this.#credentials.push({ urlPrefix, secret: named.arn });
    for (const role of [this.#scheduleRole, this.#renderRole]) allowSecretTexts(role, [named]);
  }

  /** Lets what was rendered for clusters of a zone be told there. */
  addZone(zone: string): void {
    const { arn, url } = workQueue(this.#installation, 'sync', zone);
    this.#syncQueues[zone] = url;
    allowSend(this.#renderRole, [arn]);
  }

  #createRole(id: string, description: string, state: StateExports): Role {
    const role = createFunctionRole(this, id, { description, state, rights: stateRights.render });
    allowSend(role, [workQueue(this.#installation, 'render').arn]);
    return role;
  }

  #renderEnvironment(
    { deadLettersUrl }: StateExports,
    tools: RenderStackProps['tools'],
  ): { readonly [name: string]: string } {
    return {
      PLUMB_SYNC_QUEUES: Lazy.string({ produce: () => this.toJsonString(this.#syncQueues) }),
      PLUMB_DEAD_LETTERS: deadLettersUrl,
      PLUMB_HELM: tools?.helm ?? '/opt/helm/helm',
      PLUMB_KUSTOMIZE: tools?.kubectl ?? '/opt/kubectl/kubectl',
      PLUMB_CACHE: '/tmp/plumb',
    };
  }

  #setClock({ deadLettersArn }: StateExports): void {
    new Clock(this, 'Clock', { deadLettersArn }).tick('Look', {
      description: 'Looks where Git has moved, should a webhook be lost',
      every: Duration.minutes(1),
      run: this.functions.schedule,
      input: { tick: true },
    });
  }

  #watch(installation: Installation): void {
    const alarms = new Alarms(this, 'Alarms', installation);
    for (const [name, one] of Object.entries(this.functions)) alarms.watchFunction(name, one);
    alarms.watchAge('Render', this.queue, Duration.minutes(30));
  }
}
