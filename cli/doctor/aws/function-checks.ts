import type { Outcome } from '../../../shared/adapters/aws/attempt.ts';
import type { FunctionLook } from '../../../shared/adapters/aws/look/function.ts';
import { PlumbError } from '../../../shared/errors.ts';
import type { Clock } from '../../../shared/ports.ts';
import { formatAge } from '../../duration.ts';
import type { Check } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';

/** The functions of an installation by name, each looked at once for all who want to know. */
export type SeenFunctions = ReadonlyMap<
  string,
  { readonly arn: string; readonly look: Promise<Outcome<FunctionLook>> }
>;

/** Whether each function is there and can be called. */
export function functionChecks(functions: SeenFunctions, clock: Clock): readonly Check[] {
  return [...functions].map(([name, { arn, look }]) => ({
    what: `function ${name}`,
    run: async () => describe(expectAnswer(await look, { object: `Function ${name}`, resource: arn }), name, clock),
  }));
}

function describe(look: FunctionLook, name: string, clock: Clock): string {
  const { state, lastUpdate, reason, runtime, updatedAt, reserved } = look;
  // One that was not called for long is Inactive, and comes back when it is.
  if (!['Active', 'Inactive'].includes(state) || lastUpdate === 'Failed') {
    const how = lastUpdate === 'Failed' ? 'its last update failed' : `it is ${state}`;
    throw new PlumbError('store-unusable', `function ${name}: ${how}${reason === '' ? '' : `: ${reason}`}`, {
      hint: 'deploy again; if it stays so, look at the stack in CloudFormation',
    });
  }
  const age = formatAge(clock.now().getTime() - Date.parse(updatedAt));
  const bound = reserved.ok && reserved.value !== undefined ? `, at most ${reserved.value} at once` : '';
  return `updated ${age} ago, ${runtime}${bound}${lastUpdate === 'InProgress' ? ', being updated' : ''}`;
}
