import * as z from 'zod';
import { PlumbError } from '../shared/errors.ts';
import type { InstallationSettings } from '../shared/workflows/jobs/register-installation.ts';

const urls = z.record(z.string(), z.string());

const installation = z.object({
  id: z.string(),
  region: z.string(),
  account: z.string(),
  control: z.string(),
  renderQueue: z.string(),
  syncQueues: urls,
  restoreQueues: urls,
  eventBus: z.string(),
  deadLetters: z.string(),
  webhookUrl: z.string(),
  functions: urls,
});

const more = {
  role: z.string().exactOptional(),
  externalId: z.string().exactOptional(),
  aliases: z.array(z.string()).default([]),
  zone: z.string().default('public'),
};

const eks = /^arn:aws[\w-]*:eks:([\w-]+):\d{12}:cluster\/([\w-]+)$/;

const cluster = z.union([
  z.object({ arn: z.string().regex(eks), ...more }).transform(({ arn, ...rest }) => {
    const [, region = '', name = ''] = eks.exec(arn) ?? [];
    return { id: arn, name, region, ...rest };
  }),
  z
    .object({ name: z.string(), kubeconfigSecret: z.string(), ...more })
    .transform((each) => ({ id: each.name, ...each })),
  z
    .object({ name: z.string(), region: z.string(), ...more })
    .transform((each) => ({ id: `${each.name}.${each.region}`, ...each })),
]);

/** Reads what the operator has deployed from its parameters; a PlumbError `usage` names the one that cannot be used. */
export function parseInstallationSettings(parameters: { readonly [name: string]: string }): InstallationSettings {
  const clusters = Object.keys(parameters)
    .filter((name) => name.startsWith('clusters/'))
    .map((name) => parse(name, parameters[name], cluster));
  const secretsConfig = parameters['secrets-config'];
  return {
    installation: parse('installation', parameters['installation'], installation),
    clusters,
    ...(secretsConfig === undefined ? {} : { secretsConfig }),
  };
}

function parse<Value>(name: string, text: string | undefined, schema: z.ZodType<Value>): Value {
  const parsed = schema.safeParse(fromJson(text));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PlumbError('usage', `the parameter ${name} of the installation cannot be used: ${problems.join('; ')}`, {
    object: name,
    hint: 'it comes from the construct Plumbline: deploy it again, and change nothing by hand',
  });
}

function fromJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
