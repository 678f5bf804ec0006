import type { Ports } from '../../../shared/ports.ts';
import type { GitFiles } from '../git-repositories.ts';
import type { Place } from './place.ts';

/** Adds a commit to the branch of a place. */
export type Push = (change: { readonly files?: GitFiles; readonly remove?: readonly string[] }) => Promise<void>;

export type Scenario = {
  readonly title: string;
  /** True: its namespace is not there yet. Default: all places share one, for namespaces take long to go. */
  readonly makesNamespace?: true;
  /** Folders of its applications. Default: only `app`. */
  readonly folders?: readonly string[];
  /** Brings everything to where the step begins, undisturbed. */
  prepare(place: Place, ports: Ports, push: Push): Promise<void>;
  /** The step, in the process that is killed. It knows nothing but what it is given. */
  run(place: Place, ports: Ports): Promise<void>;
  /** What is done after the death of that process. Default: the step again. */
  readonly again?: (place: Place, ports: Ports) => Promise<void>;
  /** True: what history is kept depends on how far the killed process came, and only the present is compared. Default: all is. */
  readonly hasManyHistories?: true;
  /** What happens in the world between the two. */
  readonly meanwhile?: (place: Place, push: Push) => Promise<void>;
};
