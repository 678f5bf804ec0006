import * as z from 'zod';
import { PlumbError } from '../shared/errors.ts';

type Common = {
  readonly PLUMB_BUCKET: string;
  /** Told apart from other installations of the account by it. */
  readonly PLUMB_INSTALLATION: string;
};

type Credentials = readonly { readonly urlPrefix: string; readonly secret: string }[];
type Queues = { readonly [zone: string]: string };

/** What the environment says of each kind of function. Queues are URLs, secrets ARNs. */
export type AllSettings = {
  readonly webhook: { readonly PLUMB_RENDER_QUEUE: string; readonly PLUMB_WEBHOOK_SECRET: string };
  readonly schedule: Common & {
    readonly PLUMB_CONTROL: string;
    readonly PLUMB_RENDER_QUEUE: string;
    readonly PLUMB_GIT_CREDENTIALS?: Credentials;
  };
  readonly render: Common & {
    readonly PLUMB_CONTROL: string;
    readonly PLUMB_RENDER_QUEUE: string;
    readonly PLUMB_SYNC_QUEUES: Queues;
    readonly PLUMB_DEAD_LETTERS: string;
    readonly PLUMB_GIT_CREDENTIALS?: Credentials;
    readonly PLUMB_HELM: string;
    /** kubectl, which has kustomize in it. */
    readonly PLUMB_KUSTOMIZE: string;
    readonly PLUMB_CACHE: string;
  };
  /** Of sync, scan and restore. What may be absent is where only the store can be reached. */
  readonly sync: Common & {
    readonly PLUMB_ZONE: string;
    readonly PLUMB_SYNC_QUEUE?: string;
    readonly PLUMB_RENDER_QUEUE?: string;
    readonly PLUMB_RESTORE_QUEUE?: string;
    readonly PLUMB_EVENT_BUS?: string;
    readonly PLUMB_DEAD_LETTERS?: string;
  };
  readonly relay: Common & {
    /** The path of the installation's parameters. */
    readonly PLUMB_SETTINGS: string;
    readonly PLUMB_RENDER_QUEUE: string;
    readonly PLUMB_SYNC_QUEUES: Queues;
    readonly PLUMB_RESTORE_QUEUES: Queues;
    readonly PLUMB_EVENT_BUS: string;
    readonly PLUMB_DEAD_LETTERS: string;
    readonly PLUMB_OUTBOX_QUEUE: string;
  };
};

const json = <Value>(schema: z.ZodType<Value>): z.ZodType<Value> =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'it is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema as z.ZodType<Value, unknown>);

const queues = json(z.record(z.string(), z.url()));
const credentials = json(z.array(z.object({ urlPrefix: z.string(), secret: z.string() })));
const common = { PLUMB_BUCKET: z.string().min(3), PLUMB_INSTALLATION: z.string().min(1) };

const schemas: { readonly [Of in keyof AllSettings]: z.ZodType<AllSettings[Of]> } = {
  webhook: z.object({ PLUMB_RENDER_QUEUE: z.url(), PLUMB_WEBHOOK_SECRET: z.string() }),
  schedule: z.object({
    ...common,
    PLUMB_CONTROL: z.string(),
    PLUMB_RENDER_QUEUE: z.url(),
    PLUMB_GIT_CREDENTIALS: credentials.exactOptional(),
  }),
  render: z.object({
    ...common,
    PLUMB_CONTROL: z.string(),
    PLUMB_RENDER_QUEUE: z.url(),
    PLUMB_SYNC_QUEUES: queues,
    PLUMB_DEAD_LETTERS: z.url(),
    PLUMB_GIT_CREDENTIALS: credentials.exactOptional(),
    PLUMB_HELM: z.string().default('/opt/helm/helm'),
    PLUMB_KUSTOMIZE: z.string().default('/opt/kubectl/kubectl'),
    PLUMB_CACHE: z.string().default('/tmp/plumb'),
  }),
  sync: z.object({
    ...common,
    PLUMB_ZONE: z.string(),
    PLUMB_SYNC_QUEUE: z.url().exactOptional(),
    PLUMB_RENDER_QUEUE: z.url().exactOptional(),
    PLUMB_RESTORE_QUEUE: z.url().exactOptional(),
    PLUMB_EVENT_BUS: z.string().exactOptional(),
    PLUMB_DEAD_LETTERS: z.url().exactOptional(),
  }),
  relay: z.object({
    ...common,
    PLUMB_SETTINGS: z.string(),
    PLUMB_RENDER_QUEUE: z.url(),
    PLUMB_SYNC_QUEUES: queues,
    PLUMB_RESTORE_QUEUES: queues,
    PLUMB_EVENT_BUS: z.string(),
    PLUMB_DEAD_LETTERS: z.url(),
    PLUMB_OUTBOX_QUEUE: z.url(),
  }),
};

/** Reads the environment of a kind of function; a PlumbError `usage` that names the variables, and none of their values. */
export function readSettings<Of extends keyof AllSettings>(of: Of, environment: NodeJS.ProcessEnv): AllSettings[Of] {
  const parsed = schemas[of].safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PlumbError('usage', `the environment of the function cannot be used: ${problems.join('; ')}`, {
    object: of,
    hint: 'these variables come from the construct Plumbline: deploy it again, and change nothing by hand',
  });
}
