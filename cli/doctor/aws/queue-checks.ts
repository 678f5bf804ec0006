import type { QueueLook } from '../../../shared/adapters/aws/look/queue.ts';
import { PlumbError } from '../../../shared/errors.ts';
import type { Installation } from '../../../shared/model/installation.ts';
import { type Check, NotChecked } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';
import type { AwsLooks } from './looks.ts';

/** What waits, and what was given up. */
export function queueChecks(installation: Installation, looks: AwsLooks): readonly Check[] {
  const { renderQueue, syncQueues, restoreQueues, deadLetters } = installation;
  const look = async (url: string): Promise<QueueLook> =>
    expectAnswer(await looks.queue(url), { object: `Queue ${url}`, resource: url });
  const work: readonly (readonly [name: string, url: string])[] = [
    ['render', renderQueue],
    ...Object.entries(syncQueues).map(([zone, url]) => [`sync, ${zone}`, url] as const),
    ...Object.entries(restoreQueues).map(([zone, url]) => [`restore, ${zone}`, url] as const),
  ];
  return [
    ...work.map(([name, url]) => ({ what: `queue ${name}`, run: async () => describe(await look(url)) })),
    { what: 'dead letters', run: async () => refuseAny(await look(deadLetters), deadLetters) },
    {
      what: 'failed work',
      run: async () => {
        const url = besides(renderQueue, (await look(renderQueue)).deadLetterQueue);
        return refuseAny(await look(url), url);
      },
    },
  ];
}

function describe({ waiting, taken }: QueueLook): string {
  if (waiting + taken === 0) return 'nothing waits';
  return `${waiting} ${waiting === 1 ? 'waits' : 'wait'}, ${taken} ${taken === 1 ? 'is' : 'are'} worked on or put off`;
}

/** The URL of a queue of the same account and region. */
function besides(url: string, arn: string | undefined): string {
  const name = arn?.split(':').at(-1);
  if (name === undefined) throw new NotChecked('a queue that says where its failed messages go');
  return url.replace(/[^/]+$/, name);
}

function refuseAny({ waiting, taken }: QueueLook, url: string): string {
  const count = waiting + taken;
  if (count === 0) return 'none';
  const messages = count === 1 ? '1 message was' : `${count} messages were`;
  throw new PlumbError('queue-unavailable', `${messages} given up`, {
    hint: `read them, with the reason of each: aws sqs receive-message --queue-url ${url} --message-attribute-names All --visibility-timeout 30 --max-number-of-messages 10; docs/operations.md says what to do with them`,
  });
}
