import { formatRef, type ObjectRef, refOf } from '../../../shared/model/object-ref.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { KillPoints } from './kill-points.ts';

/** What may change something outside; all other calls only read. Opening a commit keeps its objects on the disk. */
const writing: ReadonlySet<string> = new Set([
  'git.openCommit',
  'tree.checkout',
  'runner.run',
  'cluster.apply',
  'cluster.delete',
  'store.put',
  'store.delete',
]);

/** Calls whose result is a port of its own. */
const opening: { readonly [call: string]: string } = { 'git.openCommit': 'tree', 'clusters.open': 'cluster' };

/**
 * The same ports with every call told to the points, those of opened commits and clusters too. Clock, worker and reporter
 * are left as they are: they change nothing outside, so that every moment around them is one around another port's call.
 */
export function countingPorts(ports: Ports, points: KillPoints): Ports {
  const { git, chartCredential, runner, clusters, store } = ports;
  const { ask } = counted({ ask: chartCredential }, 'chartCredential', points);
  return {
    ...ports,
    git: counted(git, 'git', points),
    chartCredential: ask,
    runner: counted(runner, 'runner', points),
    clusters: counted(clusters, 'clusters', points),
    store: counted(store, 'store', points),
  };
}

/** Whatever methods a port has or will have: none is forgotten. */
function counted<Port extends object>(port: Port, portName: string, points: KillPoints): Port {
  return new Proxy(port, {
    get: (target, key): unknown => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      const method = `${portName}.${String(key)}`;
      const writes = writing.has(method);
      return async (...args: readonly unknown[]): Promise<unknown> => {
        // Of a write only what it is about; of a read everything that tells it from another read.
        const name = [method, ...(writes ? args.slice(0, 1) : args).map(told)].join(' ');
        const result = await points.around({ name, writes }, () => Reflect.apply(member, target, args));
        const opened = opening[method];
        return opened === undefined ? result : counted(result as object, opened, points);
      };
    },
  });
}

/** An argument as a person would name it. */
function told(argument: unknown): string {
  if (typeof argument === 'string') return argument;
  const fields = argument as { readonly ref?: ObjectRef; readonly metadata?: object };
  if (fields.ref !== undefined && typeof fields.ref === 'object') return formatRef(fields.ref);
  if (fields.metadata !== undefined) return formatRef(refOf(argument as Parameters<typeof refOf>[0]));
  return JSON.stringify(argument);
}
