const unitMs: { readonly [unit: string]: number } = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const whole = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/** Milliseconds of a duration as Go writes it, `1h30m`, `-1s` or `0`; undefined for all else. */
export function readGoDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!whole.test(text)) return undefined;
  const sum = [...text.matchAll(part)].reduce(
    (total, [, amount, unit = '']) => total + Number(amount) * (unitMs[unit] ?? 0),
    0,
  );
  return text.startsWith('-') ? -sum : sum;
}
