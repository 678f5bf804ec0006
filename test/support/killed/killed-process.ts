import { writeSync } from 'node:fs';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { countingPorts } from '../faults/counting-ports.ts';
import { forgetfulStore } from '../faults/forgetful-store.ts';
import { KillPoints } from '../faults/kill-points.ts';
import type { KillOrder, KillReport } from './kill-protocol.ts';
import { openPorts } from './place.ts';
import { scenarios } from './scenarios.ts';

// Run as a program by doomed-processes.ts: loads the engine, waits for its order, carries it out, and dies where it is told to.
// Without an order, nobody waits for it any more.
const order = await text(process.stdin);
if (order !== '') await carryOut(JSON.parse(order) as KillOrder);

async function carryOut({ place, scenario, dieAt, forget }: KillOrder): Promise<void> {
  const moments: string[] = [];
  const points = new KillPoints((name) => {
    if (moments.push(name) !== dieAt) return;
    report({ died: name });
    process.kill(process.pid, 'SIGKILL');
  });
  const { ports } = openPorts(place);
  const store = forget === undefined ? ports.store : forgetfulStore(ports.store, forget);
  await scenarios[scenario].run(place, countingPorts({ ...ports, store }, points));
  report({ passed: moments });
  process.exit(0);
}

/** At once: nothing that is sent in the background would get out. */
function report(what: KillReport): void {
  writeSync(1, JSON.stringify(what));
}
