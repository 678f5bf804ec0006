import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import type { Worker } from '../../ports.ts';

/** What an id says: `host:pid:era.start-random`. The era is one boot of the machine, and one process namespace in it. */
type Identity = { readonly host: string; readonly pid: number; readonly era: string; readonly start: string };

/** This process. Ids are safe as file names; a process id that was given away again is told apart by its start time (Linux). */
export function localWorker(): Worker {
  const self = identify();
  return { id: toId(self), hasEnded: (holder) => hasEnded(parseIdentity(holder), self) };
}

/**
 * This process among those of many machines. Copies of a machine or container may share name and id, so of another boot nothing is
 * known, and only a process of this very boot can be said to have ended; for all others their leases have to run out.
 */
export function workerAmongMachines(): Worker {
  const self = identify();
  const isOfThisBoot = (holder: Identity): boolean => bootOf(self.era) !== unknown && holder.era === self.era;
  return {
    id: toId(self),
    hasEnded: (holder) => {
      const other = parseIdentity(holder);
      return other !== undefined && isOfThisBoot(other) && hasEnded(other, self);
    },
  };
}

const unknown = 'x';

function identify(): Identity {
  return { host: hostId(), pid, era: eraId(), start: statOf(pid)?.start ?? unknown };
}

function toId({ host, pid: processId, era, start }: Identity): string {
  return `${host}:${processId}:${era}.${start}-${randomBytes(4).toString('hex')}`;
}

function hasEnded(holder: Identity | undefined, self: Identity): boolean {
  if (holder === undefined || holder.host !== self.host) return false;
  if (holder.era !== self.era) return bootOf(holder.era) !== bootOf(self.era);
  if (!isRunning(holder.pid)) return true;
  const stat = statOf(holder.pid);
  if (stat === undefined) return false;
  return stat.state === 'Z' || (holder.start !== unknown && stat.start !== holder.start);
}

function parseIdentity(id: string): Identity | undefined {
  const [, host, processId, era, start] = /^([^:]+):(\d+):([^.]+)\.(\w+)-[0-9a-f]+$/.exec(id) ?? [];
  if (host === undefined || processId === undefined || era === undefined || start === undefined) return undefined;
  return { host, pid: Number(processId), era, start };
}

/** Machines may share a host name (`localhost`), so the machine's own id is added where there is one. */
function hostId(): string {
  const machine = createHash('sha256').update(readOr('/etc/machine-id', '')).digest('hex').slice(0, 8);
  return `${hostname().replaceAll(/[^A-Za-z0-9.-]/g, '_')}~${machine}`;
}

function eraId(): string {
  const boot = readOr('/proc/sys/kernel/random/boot_id', unknown).slice(0, 8);
  return `${boot}_${processNamespace()}`;
}

function bootOf(era: string): string {
  return era.slice(0, era.indexOf('_'));
}

/** Processes of another container are not visible from here, so nothing can be said of them. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '');
  } catch {
    return unknown;
  }
}

/** A process's state letter, and its start in clock ticks since boot; undefined where the system does not say. */
function statOf(processId: number): { readonly state: string; readonly start: string } | undefined {
  const stat = readOr(`/proc/${processId}/stat`, '');
  // The second field is the program's name in parentheses, which may itself hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? undefined : { state, start };
}

function isRunning(processId: number): boolean {
  try {
    kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return otherwise;
  }
}
