import type { Clock, Ports } from '../../../../shared/ports.ts';
import { collectGarbage } from '../../../../shared/workflows/garbage/collect-garbage.ts';
import { configMap } from '../../manifests.ts';
import type { Place } from '../place.ts';
import type { Push, Scenario } from '../scenario.ts';
import { syncPlace } from '../sync-place.ts';

/**
 * Old snapshots go. Of those that went a day before, one render is needed again, for Git has gone back to it; the others are
 * deleted for good, and one more snapshot and its render go into the garbage.
 */
export const retention: Scenario = {
  title: 'retention',
  prepare: async (place, ports, push) => {
    for (const version of ['1', '2', '3', '4']) await syncVersion(version, { place, ports, push });
    await collect(ports);
    await syncVersion('1', { place, ports, push });
  },
  run: async (_place, ports) => {
    await collect({ ...ports, clock: aDayLater(ports.clock) });
  },
};

type Bed = { readonly place: Place; readonly ports: Ports; readonly push: Push };

async function syncVersion(version: string, { place, ports, push }: Bed): Promise<void> {
  await push({ files: { 'app/config.yaml': configMap(`${place.token}-config`, { version }) } });
  await syncPlace(place, ports);
}

async function collect(ports: Ports): Promise<void> {
  await collectGarbage({ policy: { keepLast: 1, keepWithinMs: 0 } }, ports);
}

function aDayLater({ now, sleep }: Clock): Clock {
  return { now: () => new Date(now().getTime() + 25 * 60 * 60_000), sleep };
}
