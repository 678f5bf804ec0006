import type { Source } from '../model/application.ts';
import type { Head } from '../model/head.ts';
import type { Pin, Refusal } from '../model/pin.ts';
import { emptyRender } from '../model/render.ts';

/** More than anybody goes back in a row; with it heads stay small. */
const mostRefusals = 50;

export type Pinning = {
  readonly pin: Pin;
  /** The sources as the Application has them now. */
  readonly declared: readonly Source[];
};

/** The head with a pin, and with what it takes back refused from now on. What is pinned is not refused any more. */
export function pinHead(head: Head, { pin, declared }: Pinning): Head {
  const taken = takenBack(head);
  const kept = head.refused.filter(
    ({ renderDigest }) => renderDigest !== pin.renderDigest && renderDigest !== taken?.renderDigest,
  );
  const isNew = taken !== undefined && taken.renderDigest !== pin.renderDigest;
  const refusal: readonly Refusal[] = isNew ? [{ ...taken, declared, at: pin.at, why: pin.why }] : [];
  return { ...head, pin, refused: [...kept, ...refusal].slice(-mostRefusals) };
}

/**
 * The pin that a rollback left behind before it had arrived: to roll back again is to go on with it.
 * Undefined: there is none, or it has arrived, or it failed for good and something else is to be tried.
 */
export function unfinishedPin({ pin, operation, deployed }: Head): Pin | undefined {
  if (pin === undefined) return undefined;
  const isOfPin = operation?.renderDigest === pin.renderDigest;
  const isOver =
    operation === undefined || operation.phase === 'Succeeded'
      ? deployed?.renderDigest === pin.renderDigest
      : isOfPin && operation.phase === 'Failed' && operation.retryable !== true;
  return isOver ? undefined : pin;
}

/** The head without a pin. */
export function endPin({ pin: _ended, ...head }: Head): Head {
  return head;
}

/** The head without a pin, and with nothing refused: Git may go on. */
export function unpinHead(head: Head): Head {
  return { ...endPin(head), refused: [] };
}

/** What a rollback takes back: what is on its way or failed, or else what is deployed. Undefined: nothing is. */
function takenBack({ operation, deployed }: Head): Pick<Refusal, 'renderDigest' | 'sources'> | undefined {
  if (operation !== undefined && operation.phase !== 'Succeeded' && operation.selected.length === 0)
    return { renderDigest: operation.renderDigest, sources: operation.sources };
  return deployed === undefined ? undefined : { renderDigest: deployed.renderDigest, sources: deployed.sources };
}

/**
 * What a rollback must not go back to by itself: what is deployed or on its way now, what was refused before, and nothing at all,
 * as which an application is recorded that was taken away once.
 */
export function notToGoBackTo(head: Head): readonly string[] {
  const taken = takenBack(head);
  return [
    ...(taken === undefined ? [] : [taken.renderDigest]),
    ...head.refused.map(({ renderDigest }) => renderDigest),
    emptyRender.digest,
  ];
}
