import { messageOf, PlumbError } from '../../shared/errors.ts';

/** One way to come by something. It yields the thing, or throws the reason why this way is closed. */
export type Way<T> = { readonly name: string; readonly attempt: () => Promise<T> };

/** Tries the ways in order and gives the first that works; when none does, the error names every way and its reason. */
export async function firstWay<T>(what: string, ways: readonly Way<T>[], hint: string): Promise<T> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return await way.attempt();
    } catch (error) {
      reasons.push(`${way.name}: ${messageOf(error)}`);
    }
  }
  const list = reasons.map((reason) => `\n  - ${reason}`).join('');
  throw new PlumbError('tool-unusable', `cannot get ${what}; tried${list}`, { object: what, hint });
}
