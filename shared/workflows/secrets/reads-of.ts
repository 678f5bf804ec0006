import { attempt } from '../../apply/attempt.ts';
import type { Json } from '../../model/json.ts';
import type { SecretRead } from '../../model/secret-record.ts';
import { formatStore } from '../../model/secret-store.ts';
import type { Conceal } from '../../model/secret-value.ts';
import { forFoundNames, secretSource } from '../../plan/secrets/secret-source.ts';
import type { SecretAnswer } from '../../secret-ports.ts';
import { referenceKey } from '../../secrets/external/references.ts';
import type { Answered } from './gather-answers.ts';
import type { StoreShelf } from './store-shelf.ts';

/** What was read, by its names and versions. What could not be read is named too, with no version. */
export async function readsOf(answered: readonly Answered[], shelf: StoreShelf): Promise<readonly SecretRead[]> {
  return (await Promise.all(answered.map((each) => readsOfOne(each, shelf)))).flat();
}

async function readsOfOne({ reference, answer }: Answered, shelf: StoreShelf): Promise<readonly SecretRead[]> {
  if (reference.type !== 'read' && reference.type !== 'find') return [];
  const store = formatStore(reference.store);
  const found = await attempt(shelf.store(reference.store));
  const isSearch = reference.type === 'find';
  const toRead = (key: string, each: SecretAnswer): SecretRead => ({
    store,
    key,
    source: found.ok ? secretSource((isSearch ? forFoundNames(found.value) : found.value).provider, key) : '',
    ...versionOf(each),
  });
  if (answer.state === 'list') return answer.found.map(({ key, answer: each }) => toRead(key, each));
  if (isSearch || !isOfOne(answer)) return [];
  const { key, version } = reference.address;
  return [{ ...toRead(key, answer), ...(version === undefined ? {} : { asked: version }) }];
}

function isOfOne(answer: Answered['answer']): answer is SecretAnswer {
  return answer.state === 'found' || answer.state === 'absent' || answer.state === 'failed';
}

function versionOf(answer: SecretAnswer): Pick<SecretRead, 'version' | 'changedAt'> {
  if (answer.state !== 'found') return { version: '' };
  const { version, changedAt } = answer;
  return { version, ...(changedAt === undefined ? {} : { changedAt }) };
}

/** A JSON value that is equal for equal answers: values stand in it by their marks. */
export function answersText(answered: readonly Answered[], conceal: Conceal): Json {
  return Object.fromEntries(answered.map((each) => [referenceKey(each.reference), answerText(each, conceal)]));
}

function answerText({ answer }: Answered, conceal: Conceal): Json {
  switch (answer.state) {
    case 'found':
      return answer.value;
    case 'list':
      return answer.found.map(({ key, answer: each }) => [key, each.state === 'found' ? each.value : each.state]);
    case 'source':
      return Object.fromEntries([...answer.data].map(([key, bytes]) => [key, conceal(bytes)]));
    default:
      return answer.state;
  }
}
