import type { Round } from '../bench/fleet-process.ts';
import { eksCapability, fixedMonth, hoursOfMonth, minutesOfMonth, prices } from './prices.ts';

/** A function's share of a processor is its memory by this; what waits costs the same, what computes takes longer. */
const processorMB = 1_769;

/** What a round costs as an invocation of a function with so much memory. */
export type Invocation = { readonly GBs: number; readonly dollars: number };

const logBytes = 500;

/** The bill of a round: its time, longer by what a small share of a processor makes of its computing, and its calls to S3. */
export function invocationOf({ wallMs, cpuMs, store }: Round, memoryMB: number): Invocation {
  const slowdown = Math.max(1, processorMB / memoryMB) - 1;
  const GBs = ((wallMs + cpuMs * slowdown) / 1000) * (memoryMB / 1024);
  const calls = (name: string): number => store[name] ?? 0;
  const s3 =
    calls('put') * prices.s3Put + (calls('entries') + calls('list')) * prices.s3List + calls('get') * prices.s3Get;
  return { GBs, dollars: GBs * prices.lambdaGBs + prices.lambdaRequest + s3 + logBytes * prices.logByte };
}

export type Month = {
  readonly applications: number;
  /** Minutes between two scans of the cluster. */
  readonly everyMinutes: number;
  readonly scan: Invocation;
  readonly sync: Invocation;
  readonly tick: Invocation;
  /** Of each application. */
  readonly syncs: number;
};

/** Dollars of a month for all applications of one cluster, what is paid without any among them. */
export function monthOf({ applications, everyMinutes, scan, sync, tick, syncs }: Month): number {
  const scans = (minutesOfMonth / everyMinutes) * (scan.dollars + prices.schedulerCall);
  const ticks = minutesOfMonth * (tick.dollars + prices.schedulerCall);
  const each = sync.dollars + 2 * 3 * prices.sqsRequest + 2 * prices.event;
  return fixedMonth + scans + ticks + applications * syncs * each;
}

/** The same of the EKS capability for Argo CD, without the cluster that it needs. */
export function capabilityMonth(applications: number): number {
  return hoursOfMonth * (eksCapability.hour + applications * eksCapability.applicationHour);
}
