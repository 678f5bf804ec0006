import type { Bed } from '../bed.ts';
import { openFleet } from '../fleet.ts';
import type { Round } from '../fleet-process.ts';
import { atMost, figure, median, type Row } from '../report.ts';

const applications = 1_000;
const objects = 10;
const drifted = 10;
/** ConfigMap: all that is deployed is of one kind. */
const kinds = 1;

/** A scan of 1,000 applications of 10 objects: at rest, and after somebody has changed ten objects by hand. */
export async function scan(bed: Bed): Promise<readonly Row[]> {
  const fleet = await openFleet(bed, { applications, objects });
  try {
    const { rounds, peakMB } = await fleet.run({ do: 'scan', rounds: 6 });
    const [cold, ...warm] = rounds;
    await fleet.changeByHand(drifted);
    const moved = (await fleet.run({ do: 'scan', rounds: 2 })).rounds.at(0);
    const of = `${applications} × ${objects} objects`;
    return [
      atMost(`a scan of ${of} at rest`, median(warm.map(({ wallMs }) => wallMs)) / 1000, { limit: 1, unit: 's' }),
      figure('the first scan of a new environment', (cold?.wallMs ?? 0) / 1000, 's'),
      atMost('its requests to the API server', median(warm.map(requests)), { limit: kinds, unit: 'requests' }),
      atMost('its calls to the store', median(warm.map(storeCalls)), { limit: 12, unit: 'calls' }),
      atMost('objects that it writes', Math.max(...warm.map(({ store }) => store['put'] ?? 0)), {
        limit: 0,
        unit: 'objects',
      }),
      atMost('memory of a scanning process whose heap is bounded', peakMB, { limit: 256, unit: 'MB' }),
      atMost(`dry runs when ${drifted} objects were changed by hand`, moved?.api['dry-run'] ?? 0, {
        limit: drifted,
        unit: 'dry runs',
      }),
      figure('all requests of that scan', moved === undefined ? 0 : requests(moved), 'requests'),
    ];
  } finally {
    await fleet.close();
  }
}

function requests({ api }: Round): number {
  return Object.values(api).reduce((sum, count) => sum + count, 0);
}

function storeCalls({ store }: Round): number {
  return Object.values(store).reduce((sum, count) => sum + count, 0);
}
