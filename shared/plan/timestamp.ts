/** Milliseconds since 1970 of an ISO 8601 timestamp; undefined when it is none. */
export function millisecondsOf(timestamp: string): number | undefined {
  // biome-ignore lint/style/noRestrictedGlobals: parsing a given timestamp reads no clock.
  const milliseconds = Date.parse(timestamp);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const units = [
  { name: 'd', milliseconds: 86_400_000 },
  { name: 'h', milliseconds: 3_600_000 },
  { name: 'min', milliseconds: 60_000 },
  { name: 's', milliseconds: 1_000 },
] as const;

/** A span of time in its largest whole unit: `2 min`, `5 h`; `0 s` for less than a second. */
export function formatSpan(milliseconds: number): string {
  const unit = units.find((candidate) => milliseconds >= candidate.milliseconds);
  return unit === undefined ? '0 s' : `${Math.floor(milliseconds / unit.milliseconds)} ${unit.name}`;
}
