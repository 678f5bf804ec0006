import { InvalidArgumentError, Option } from 'commander';
import { selectorProblem } from '../shared/plan/resource-selector.ts';
import { collect } from './global-options.ts';

/** `--resource`, as `argocd app sync` has it; its form is checked, its matching is the engine's. */
export function resourceOption(): Option {
  return new Option(
    '--resource <GROUP:KIND:NAME>',
    'only these objects; each part a glob, NAME may be NAMESPACE/NAME, ! in front excludes; may be repeated',
  ).argParser((value, previous: readonly string[] | undefined) => {
    const problem = selectorProblem(value);
    if (problem !== undefined) throw new InvalidArgumentError(problem);
    return collect(value, previous);
  });
}

/** `--revision`, for one run. */
export function revisionOption(): Option {
  return new Option(
    '--revision <REV>',
    'branch, tag, commit or range in place of the targetRevision of the first Git source',
  );
}
