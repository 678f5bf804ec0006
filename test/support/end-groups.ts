import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 5_000;

/** Kills whole process groups at once and waits, 5 s at most, until no member lives. */
export async function endGroups(groups: readonly number[]): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (groups.filter((group) => signalGroup(group, 'SIGKILL')).some(hasLivingMember) && Date.now() < deadline)
    await sleep(20);
}

/** Whether any process of a group lives. */
export function isGroupAlive(group: number): boolean {
  return signalGroup(group, 0) && hasLivingMember(group);
}

function signalGroup(group: number, signal: 'SIGKILL' | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    return false;
  }
}

/** In a container whose first process does not reap, the dead stay in the process table; they must not be waited for. */
function hasLivingMember(group: number): boolean {
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isLivingMember(pid, group));
}

function isLivingMember(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything: state, parent, process group.
    const [state, , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(of) === group && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
