/** A schedule of five fields: the minutes, hours, days of the month, months and days of the week at which it begins. */
export type Cron = {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** True: a day has to fit both; else one of the two is enough. */
  readonly bothDays: boolean;
};

const named: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

type Field = { readonly lowest: number; readonly highest: number; readonly names: readonly string[] };

const fields: readonly Field[] = [
  { lowest: 0, highest: 59, names: [] },
  { lowest: 0, highest: 23, names: [] },
  { lowest: 1, highest: 31, names: [] },
  { lowest: 1, highest: 12, names: monthNames },
  { lowest: 0, highest: 6, names: weekdayNames },
];

/** Reads a schedule as `0 22 * * 1-5` or `@daily`; undefined when it is none. */
export function parseCron(text: string): Cron | undefined {
  const written = (named[text.trim()] ?? text).trim().split(/\s+/);
  if (written.length !== fields.length) return undefined;
  const read = written.map((field, index) => readField(field, fields[index] as Field));
  const [minutes, hours, days, months, weekdays] = read;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const bothDays = [written[2], written[4]].some((field) => field === undefined || /^[*?]/.test(field));
  return { minutes, hours, days, months, weekdays, bothDays };
}

function readField(text: string, field: Field): ReadonlySet<number> | undefined {
  const ranges = text.split(',').map((range) => readRange(range.toLowerCase(), field));
  const values = ranges.flatMap((range) => range ?? []);
  return ranges.includes(undefined) ? undefined : new Set(values);
}

function readRange(text: string, { lowest, highest, names }: Field): readonly number[] | undefined {
  const [, from = '', to, step = '1'] = /^([a-z0-9]+|[*?])(?:-([a-z0-9]+))?(?:\/([0-9]+))?$/.exec(text) ?? [];
  const isAny = from === '*' || from === '?';
  const first = isAny ? lowest : numberOf(from, { lowest, names });
  const hasStep = text.includes('/');
  const last = isAny || (to === undefined && hasStep) ? highest : numberOf(to ?? from, { lowest, names });
  const by = Number(step);
  const isRight = first >= lowest && last <= highest && first <= last && by > 0 && !(isAny && to !== undefined);
  if (!isRight) return undefined;
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, index) => first + index * by);
}

function numberOf(text: string, { lowest, names }: Pick<Field, 'lowest' | 'names'>): number {
  const named = names.indexOf(text);
  return named === -1 ? (/^[0-9]+$/.test(text) ? Number(text) : Number.NaN) : named + lowest;
}

/** Whether the schedule begins in the minute of a time, in UTC. */
export function isCronMinute(cron: Cron, at: Date): boolean {
  return cron.minutes.has(at.getUTCMinutes()) && cron.hours.has(at.getUTCHours()) && isCronDay(cron, at);
}

/** Whether the schedule begins on the day of a time, in UTC. */
export function isCronDay({ days, months, weekdays, bothDays }: Cron, at: Date): boolean {
  if (!months.has(at.getUTCMonth() + 1)) return false;
  const fits = [days.has(at.getUTCDate()), weekdays.has(at.getUTCDay())];
  return bothDays ? fits.every(Boolean) : fits.some(Boolean);
}
