import process from 'node:process';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { FailingCalls } from '../support/faults/failing-calls.ts';
import type { Scenarios } from '../support/secrets/library-scenarios.ts';
import { createMarkerSearch } from '../support/secrets/search-markers.ts';

const marker = 'Vb8nQ2wLx5Kt0ZyR<&">';
const number = '7305918264405';
const search = createMarkerSearch({ marker, number });

/** What a library could say at worst. */
const calls = new FailingCalls(() => {
  const error = new Error(`unexpected ${marker}`, { cause: new Error(`${number} ${marker}`) });
  return Object.assign(error, { input: marker, code: marker, name: marker, reason: marker, mark: { buffer: marker } });
});

const libraries = [
  'js-yaml',
  're2js',
  'age-encryption',
  'bcryptjs',
  'undici',
  'node:crypto',
  '@aws-sdk/client-secrets-manager',
  '@aws-sdk/client-ssm',
];

const parseJson = JSON.parse;
let scenarios: Scenarios;
let SecretError: new (...args: never[]) => Error;

beforeAll(async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9';
  for (const name of libraries) {
    const module = (await import(name)) as object;
    jest.unstable_mockModule(name, () => calls.wrapModule(module, name));
  }
  JSON.parse = calls.wrap(parseJson, 'JSON.parse');
  ({ SecretError } = await import('../../shared/errors.ts'));
  const { prepareScenarios } = await import('../support/secrets/library-scenarios.ts');
  scenarios = await prepareScenarios({ marker, number });
});
afterAll(() => {
  JSON.parse = parseJson;
});

const names = [
  'templates',
  'rewrites and properties',
  'a literal',
  'Sealed Secrets',
  'SOPS',
  'generators',
  'Vault',
  'AWS Secrets Manager',
  'AWS Parameter Store',
  'a GitHub App',
];

/** What comes of a scenario; whatever is thrown counts as something that comes of it. */
async function outcomeOf(scenario: () => unknown): Promise<{ readonly thrown: boolean; readonly outcome: unknown }> {
  try {
    return { thrown: false, outcome: await scenario() };
  } catch (outcome) {
    return { thrown: true, outcome };
  }
}

/** Lets each of the calls that a scenario makes fail in turn; gives how many these are. */
async function failInTurn(name: string, scenario: () => unknown): Promise<number> {
  calls.arm(0);
  await outcomeOf(scenario);
  const made = calls.made();
  for (let failAt = 1; failAt <= Math.min(made.length, 300); failAt += 1) {
    calls.arm(failAt);
    const { thrown, outcome } = await outcomeOf(scenario);
    calls.arm(0);
    const shown = inspect(outcome, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });
    expect({ call: made[failAt - 1], hits: search.search(shown, name) }).toEqual({ call: made[failAt - 1], hits: [] });
    if (thrown)
      expect({ call: made[failAt - 1], error: outcome instanceof SecretError }).toMatchObject({ error: true });
  }
  return made.length;
}

describe('A library that fails with a value in its words', () => {
  it.each(names)('passes it on to nobody, whichever of its calls fails: %s', async (name) => {
    let made = 0;
    for (const scenario of scenarios[name] ?? []) made += await failInTurn(name, scenario);
    expect(made).toBeGreaterThan(0);
  });
});
