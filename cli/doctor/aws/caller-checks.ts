import type { Outcome } from '../../../shared/adapters/aws/attempt.ts';
import type { Caller } from '../../../shared/adapters/aws/look/caller.ts';
import { PlumbError } from '../../../shared/errors.ts';
import type { Installation } from '../../../shared/model/installation.ts';
import { formatElapsed } from '../../duration.ts';
import { type Check, NotChecked } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';

/** AWS refuses what was signed 5 minutes off; tokens of clusters are good for less. */
const mostMs = 60_000;

/** Who asks, and whether their clock is right. */
export function callerChecks(caller: Outcome<Caller>, installation: Installation | undefined): readonly Check[] {
  return [
    { what: 'caller', run: async () => describeCaller(expectCaller(caller), installation) },
    { what: 'clock', run: async () => describeClock(expectCaller(caller)) },
  ];
}

function expectCaller(caller: Outcome<Caller>): Caller {
  return expectAnswer(caller, { object: 'The caller', resource: '*' });
}

function describeCaller({ arn, account }: Caller, installation: Installation | undefined): string {
  if (installation === undefined || installation.account === account) return `${arn}, account ${account}`;
  return `${arn}, account ${account}; the installation is in account ${installation.account}`;
}

function describeClock({ aheadMs }: Caller): string {
  if (aheadMs === undefined) throw new NotChecked('an answer of AWS that says what time it is');
  const off = formatElapsed(Math.abs(aheadMs));
  if (Math.abs(aheadMs) <= mostMs) return aheadMs === 0 ? 'as that of AWS' : `${off} off that of AWS`;
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  throw new PlumbError('store-unusable', `the clock of this machine is ${off} ${side} that of AWS`, {
    hint: 'set it (NTP): AWS refuses what is signed more than 5 minutes off',
  });
}
