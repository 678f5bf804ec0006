import type { Ports } from '../../ports.ts';

/** Tells what is good to know of an application; nothing is wrong. */
export function tell({ reporter }: Pick<Ports, 'reporter'>, application: string, message: string): void {
  reporter.report({ type: 'notice', level: 'info', application, message });
}
