import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Json, JsonObject } from '../../model/json.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { ObjectRef } from '../../model/object-ref.ts';
import { formatYaml } from '../../model/yaml.ts';
import { formatSpan, millisecondsOf } from '../timestamp.ts';
import { comparable } from './comparable.ts';
import { difference, type FieldChange } from './difference.ts';
import type { FieldOwner } from './field-owner.ts';
import type { FieldPath } from './field-path.ts';
import { maskSecrets } from './secret-mask.ts';

/** What the two sides of a diff are called. It goes from `live` to `predicted`, unless it is reversed. */
export type DiffSides = { readonly live: string; readonly predicted: string; readonly isReversed?: boolean };

export type DiffInput = {
  readonly ref: ObjectRef;
  /** Undefined: it is not there yet. */
  readonly live: Manifest | undefined;
  /** Undefined: it would be deleted. */
  readonly predicted: Manifest | undefined;
  /** Milliseconds since 1970, to say how long ago somebody changed a field. */
  readonly now: number;
  /** Default: from `live` to `git`. */
  readonly sides?: DiffSides;
};

const liveToGit: DiffSides = { live: 'live', predicted: 'git' };

/**
 * A unified diff of two objects as YAML, from the cluster to what is wanted; empty when nothing would change.
 * Lines that another field manager wrote say so: `# changed by kubectl-edit (2 min ago)`. Values of Secrets are masked.
 */
export function unifiedDiff({ ref, live, predicted, now, sides = liveToGit }: DiffInput): string {
  const present = predicted ?? live;
  if (present === undefined) return '';
  const changes = predicted === undefined ? [] : difference(live, predicted);
  if (predicted !== undefined && changes.length === 0) return '';
  const shown = maskSecrets({
    live: live === undefined ? undefined : comparable(live),
    predicted: comparable(present),
  });
  const before = {
    name: `${sides.live}/${fileNameOf(ref)}`,
    text: shown.live === undefined ? '' : annotate(shown.live, changes, now),
  };
  const after = {
    name: `${sides.predicted}/${fileNameOf(ref)}`,
    text: predicted === undefined ? '' : formatYaml(shown.predicted),
  };
  return sides.isReversed === true ? patch(after, before) : patch(before, after);
}

type NamedText = { readonly name: string; readonly text: string };

function patch(before: NamedText, after: NamedText): string {
  return createTwoFilesPatch(before.name, after.name, before.text, after.text, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** `apps.Deployment.shop.web`, much as `kubectl diff` names its files. */
function fileNameOf({ group, kind, namespace, name }: ObjectRef): string {
  return [group, kind, namespace, name].filter((part) => part !== '').join('.');
}

/** The YAML of the live object, with a comment on each line that somebody else changed. */
function annotate(live: JsonObject, changes: readonly FieldChange[], now: number): string {
  const text = formatYaml(live);
  const lines = text.split('\n');
  for (const { steps, changedBy } of changes) {
    const at = changedBy === undefined ? -1 : lineOf(live, steps, text);
    const line = lines[at];
    if (line !== undefined && changedBy !== undefined && canTakeComment(line))
      lines[at] = `${line}${comment(changedBy, now)}`;
  }
  return lines.join('\n');
}

function comment({ manager, time }: FieldOwner, now: number): string {
  const changedAt = time === undefined ? undefined : millisecondsOf(time);
  return ` # changed by ${manager}${changedAt === undefined ? '' : ` (${formatSpan(now - changedAt)} ago)`}`;
}

/** A block scalar's header and a line that has its comment already take none. */
function canTakeComment(line: string): boolean {
  return !/ # changed by /.test(line);
}

/** The line that a field begins on: the first to change when the field's value does. */
function lineOf(value: JsonObject, path: FieldPath, text: string): number {
  const marked = formatYaml(replaceAt(value, path)).split('\n');
  return text.split('\n').findIndex((line, index) => line !== marked[index]);
}

function replaceAt(value: Json | undefined, path: FieldPath): Json {
  const [step, ...rest] = path;
  if (step === undefined) return '\u0001';
  if (typeof step === 'number' && Array.isArray(value)) return value.with(step, replaceAt(value[step], rest));
  if (typeof step === 'string' && isJsonObject(value)) return { ...value, [step]: replaceAt(value[step], rest) };
  return value ?? null;
}
