import { type FunctionTable, fixed } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import type { GoVersion } from '../go/value.ts';
import { parseVersion } from '../go/version.ts';
import { isWithin, parseConstraint } from './constraint.ts';

function requireVersion(text: string): GoVersion {
  const version = parseVersion(text);
  if (version === undefined) throw new TemplateFailure('it is given a text that is no semantic version');
  return version;
}

/** Sprig's functions for semantic versions. */
export const versionFunctions: FunctionTable = {
  semver: fixed(['string'], ([text]) => requireVersion(text)),
  semverCompare: fixed(['string', 'string'], ([constraint, text]) => {
    const parsed = parseConstraint(constraint);
    if (parsed === undefined) throw new TemplateFailure('it is given a text that is no version constraint');
    return isWithin(requireVersion(text), parsed);
  }),
};
