import type { ObjectRef } from '../model/object-ref.ts';
import { compileGlob, destinationGlob } from './glob.ts';

/**
 * True when one of the selectors means the object.
 * A selector is `group:Kind:name` or `group:Kind:namespace/name`, each part a glob, as `argocd app sync --resource`;
 * `!` in front excludes. Source: argocd app sync, flag --resource.
 */
export function matchesResource(selectors: readonly string[], ref: ObjectRef): boolean {
  const excluded = selectors.filter((selector) => selector.startsWith('!')).map((selector) => selector.slice(1));
  const included = selectors.filter((selector) => !selector.startsWith('!'));
  if (excluded.some((selector) => matchesOne(selector, ref))) return false;
  return included.length === 0 || included.some((selector) => matchesOne(selector, ref));
}

/** Why a selector cannot be used, or undefined. */
export function selectorProblem(selector: string): string | undefined {
  if (selector.replace(/^!/, '').split(':').length === 3) return undefined;
  return `"${selector}" is not of the form [!]GROUP:KIND:[NAMESPACE/]NAME`;
}

function matchesOne(selector: string, ref: ObjectRef): boolean {
  const [group = '', kind = '', place = ''] = selector.split(':');
  const slash = place.indexOf('/');
  const namespace = slash === -1 ? '*' : place.slice(0, slash);
  const name = place.slice(slash + 1);
  return (
    isMatch(group, ref.group) && isMatch(kind, ref.kind) && isMatch(namespace, ref.namespace) && isMatch(name, ref.name)
  );
}

function isMatch(glob: string, text: string): boolean {
  return glob === text || glob === '*' || (glob !== '' && compileGlob(glob, destinationGlob)?.test(text) === true);
}
