import { pathToFileURL } from 'node:url';

/** A function's bundle, and how often it is to be called; each event once, or the last one again and again. */
export type ColdStartTask = { readonly bundle: string; readonly event: unknown; readonly calls: number };

/** In milliseconds; `firstLine` is from the start of the process to the first line of the log that is no error, NaN: there was none. */
export type ColdStart = {
  readonly init: number;
  readonly firstLine: number;
  /** Of all calls but the first. */
  readonly warm: readonly number[];
  readonly peakMB: number;
};

const task = JSON.parse(process.argv[2] ?? '') as ColdStartTask;
let firstLine = Number.NaN;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (chunk: string | Uint8Array): boolean => {
  if (Number.isNaN(firstLine) && String(chunk).includes('"level":"INFO"')) firstLine = performance.now();
  return true;
};

const startedAt = performance.now();
const { handler } = (await import(pathToFileURL(task.bundle).href)) as {
  handler(event: unknown, context: object): Promise<unknown>;
};
const init = performance.now() - startedAt;
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 100_000 };
const warm: number[] = [];
for (let call = 0; call < task.calls; call += 1) {
  const before = performance.now();
  await handler(task.event, context).catch((error: unknown) => console.error(error));
  if (call > 0) warm.push(performance.now() - before);
}
const result: ColdStart = { init, firstLine, warm, peakMB: process.resourceUsage().maxRSS / 1024 };
write(`\n${JSON.stringify(result)}\n`);
process.exit(0);
