import { formatRef, keyOf, type ObjectRef } from '../../shared/model/object-ref.ts';

/** What is to be said of an object, or without `ref` of all of an application. */
export type Remark = { readonly ref?: ObjectRef; readonly reason: string };

/** So many objects with one reason are listed singly. */
const listedSingly = 3;

/** Where an object has the reason of another one, both are told in one line that names the first; with `verbose` each has its own. */
export function gatherReasons(remarks: readonly Remark[], verbose: boolean): readonly string[] {
  if (verbose) return remarks.map(describeRemark);
  const causes = Map.groupBy(remarks, (remark) => (remark.ref === undefined ? remark : causeOf(remark)));
  return [...causes].flatMap(([cause, members]) =>
    typeof cause === 'string' && members.length > listedSingly
      ? [gathered(cause, members)]
      : members.map(describeRemark),
  );
}

/** One line that names the object once. */
export function describeRemark({ ref, reason }: Remark): string {
  return ref === undefined ? reason : `${formatRef(ref)}: ${bare({ ref, reason })}`;
}

/** By application and object, to look up what was said of it before. */
export class SaidBefore {
  readonly #causes = new Map<string, string>();

  add(application: string, remark: Remark): void {
    if (remark.ref !== undefined) this.#causes.set(`${application} ${keyOf(remark.ref)}`, causeOf(remark));
  }

  /** True when the same was said of the object, if only about another step on its way. */
  has(application: string, remark: Remark): boolean {
    const before = remark.ref && this.#causes.get(`${application} ${keyOf(remark.ref)}`);
    if (before === undefined) return false;
    const now = causeOf(remark);
    return before === now || withoutStep(before) === withoutStep(now) || [before, now].every(isMissingRight);
  }
}

function gathered(cause: string, members: readonly Remark[]): string {
  const first = members[0] as Remark;
  const what = isMissingRight(cause)
    ? `${cause}: first: ${describeRemark(first)}`
    : `${cause}: first: ${nameOf(first)}`;
  return `${members.length} objects${isMissingRight(cause) ? ' ' : ': '}${what}; -v lists all`;
}

function nameOf({ ref, reason }: Remark): string {
  return ref === undefined ? reason : formatRef(ref);
}

const missing = ' (forbidden)';

const steps: { readonly [step: string]: string } = {
  read: 'cannot be read',
  list: 'cannot be read',
  'server-side apply': 'cannot be written',
  'server-side dry run': 'cannot be compared',
  delete: 'cannot be deleted',
};

/** The reason without what differs from object to object: a missing right is one cause, whatever the objects are. */
function causeOf(remark: Remark): string {
  const reason = bare(remark);
  const [, step = '', why = ''] = /^([\w -]+) failed \(40[13][^)]*\): (.*)/s.exec(reason) ?? [];
  const isRight = /\bUser "[^"]*" cannot /.test(why) || step === 'read' || step === 'list';
  return isRight && steps[step] !== undefined ? steps[step] + missing : reason;
}

function isMissingRight(cause: string): boolean {
  return cause.endsWith(missing);
}

function withoutStep(cause: string): string {
  return cause.replace(/^[\w -]+ failed (?=\()/, '');
}

/** Messages of the cluster name the object at their beginning, and the API server once more. */
function bare({ ref, reason }: Remark): string {
  const subject = ref === undefined ? '' : `${formatRef(ref)}: `;
  return reason
    .replace(/^(cannot be compared|its state is unknown): /, '')
    .replace(subject, '')
    .replace(/: \S+ "[^"]*" is forbidden: (?=User ")/, ': ');
}
