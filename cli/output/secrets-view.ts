import { formatRef } from '../../shared/model/object-ref.ts';
import type { ExplainedSecret, ExplainedSecrets } from '../../shared/workflows/secrets/explain-secrets.ts';
import type { Colours } from './colours.ts';
import { formatTable } from './table.ts';

/** Where each Secret comes from and who uses it, with what stands against it. */
export function formatExplained({ application, secrets, passed }: ExplainedSecrets, colours: Colours): string {
  if (secrets.length + passed.length === 0) return `${application}: nothing in it stands for a Secret\n`;
  const blocks = secrets.map((secret) => formatSecret(secret, colours));
  const left = passed.map(({ target, by }) => `${formatRef(target)}\n  left to the controller of ${formatRef(by)}\n`);
  return [...blocks, ...left].join('\n');
}

function formatSecret(
  { target, declaredBy, reads, usedBy, problem, refreshMs }: ExplainedSecret,
  colours: Colours,
): string {
  const rows = reads.map(({ store, key, version, changedAt }) => ['', store, key, version || '-', changedAt ?? '-']);
  const lines = [
    colours.bold(formatRef(target)),
    `  from ${formatRef(declaredBy)}${refreshMs === undefined ? '' : `, read again every ${formatInterval(refreshMs)}`}`,
    `  used by ${usedBy.length === 0 ? 'no pods of this application' : usedBy.map(formatUser).join(', ')}`,
    ...(problem === undefined ? [] : [colours.red(`  not resolved: ${problem.message}`)]),
    ...(problem?.hint === undefined ? [] : [`  ${problem.hint}`]),
  ];
  const table = rows.length === 0 ? '' : formatTable([' ', 'STORE', 'KEY', 'VERSION', 'CHANGED'], rows);
  return `${lines.join('\n')}\n${table}`;
}

function formatUser({ ref, restarts }: ExplainedSecret['usedBy'][number]): string {
  return `${formatRef(ref)}${restarts ? '' : ' (not restarted)'}`;
}

const units = [
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'm' },
] as const;

function formatInterval(milliseconds: number): string {
  const unit = units.find(({ ms }) => milliseconds % ms === 0);
  return unit === undefined ? `${Math.round(milliseconds / 1000)}s` : `${milliseconds / unit.ms}${unit.name}`;
}
