import type { WebhookLook } from '../../../shared/adapters/aws/look/webhook.ts';
import { PlumbError } from '../../../shared/errors.ts';
import type { Installation } from '../../../shared/model/installation.ts';
import type { Clock } from '../../../shared/ports.ts';
import { formatAge } from '../../duration.ts';
import { type Check, NotChecked } from '../check-result.ts';
import { expectAnswer } from './expect-answer.ts';
import type { SeenFunctions } from './function-checks.ts';
import type { AwsLooks } from './looks.ts';

/** Git hosts do not wait for long. */
const mostMs = 1_000;
/** What the function answers to what nobody has signed. */
const ours: readonly number[] = [400, 401, 413, 415];

type Context = { readonly looks: AwsLooks; readonly functions: SeenFunctions; readonly clock: Clock };

/** Whether pushes are heard of: from whoever can prove who they are, and from nobody else. */
export function webhookChecks({ webhookUrl }: Installation, context: Context): readonly Check[] {
  return [
    { what: 'webhook', run: () => checkWebhook(webhookUrl, context.looks) },
    { what: 'webhook secret', run: () => checkSecret(context) },
  ];
}

async function checkWebhook(url: string, looks: AwsLooks): Promise<string> {
  const first = await looks.webhook(url);
  // The first one after a while starts the function.
  const look = first.answered && first.ms > mostMs ? await looks.webhook(url) : first;
  if (!look.answered) throw unheard(url, look.why);
  const { status, ms } = look;
  if (!isOurs(look)) throw wrongAnswer(url, look);
  if (ms > mostMs)
    throw new PlumbError('timeout', `${url} took ${ms} ms to refuse what is not signed`, {
      hint: 'look at the duration of the function webhook; Git hosts give up after some seconds',
    });
  return `${url} refuses what is not signed (${status}), in ${ms} ms`;
}

/** API Gateway answers by itself in JSON. */
function isOurs({ status, body }: WebhookLook & { readonly answered: true }): boolean {
  return ours.includes(status) && !body.trimStart().startsWith('{');
}

function unheard(url: string, why: string): PlumbError {
  return new PlumbError('timeout', `${url} cannot be reached: ${why}`, {
    hint: 'look whether the edge stack is deployed, and whether the network of this machine lets it be reached',
  });
}

function wrongAnswer(url: string, { status }: { readonly status: number }): PlumbError {
  if (status < 300)
    return new PlumbError('store-unusable', `${url} takes what is not signed (${status})`, {
      hint: 'it is not the function of this installation that answers there: look at the edge stack, and deploy it again',
    });
  const hint =
    status >= 500
      ? "look at the log of the function webhook: the text of its secret has to be lines like 'github SECRET'"
      : status === 429
        ? 'it is asked too often now; run this again later'
        : 'the address is not that of this installation any more: deploy again, and give the new one to the Git host';
  return new PlumbError('store-unusable', `${url} answers ${status}, which is not the answer of the function`, {
    hint,
  });
}

async function checkSecret({ looks, functions, clock }: Context): Promise<string> {
  const seen = functions.get('webhook');
  if (seen === undefined) throw new NotChecked('the function webhook, which is not part of the installation');
  const { environment } = expectAnswer(await seen.look, { object: 'Function webhook', resource: seen.arn });
  const arn = environment['PLUMB_WEBHOOK_SECRET'];
  if (arn === undefined) throw new NotChecked('a function webhook that names its secret');
  const { changedAt, deletedAt, hasValue } = expectAnswer(await looks.secret(arn), {
    object: `Secret ${arn}`,
    resource: arn,
  });
  const put = `aws secretsmanager put-secret-value --secret-id ${arn} --secret-string "github $(openssl rand -hex 32)"`;
  if (deletedAt !== undefined)
    throw new PlumbError('secret-absent', `${arn} is on its way to deletion`, {
      hint: `aws secretsmanager restore-secret --secret-id ${arn}`,
    });
  if (!hasValue)
    throw new PlumbError('secret-absent', `${arn} has no value yet`, {
      hint: `${put}, and give the Git host the same`,
    });
  const age =
    changedAt === undefined ? '' : `, changed ${formatAge(clock.now().getTime() - Date.parse(changedAt))} ago`;
  return `${arn}${age}`;
}
