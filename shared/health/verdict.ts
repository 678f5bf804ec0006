import type { LiveObject } from '../model/manifest.ts';
import type { Health, HealthCode } from '../model/status.ts';

/** `argocd` restores Argo CD's own rules where Plumbline's differ. */
export type HealthOptions = { readonly compatibility?: 'argocd' };

/** Judges a live object of one kind. */
export type HealthRule = (live: LiveObject, options: HealthOptions) => Health;

const verdict =
  (code: HealthCode) =>
  (message = ''): Health => ({ code, message });

/** As it should be; a message is a note only. */
export const healthy: (note?: string) => Health = verdict('Healthy');
/** On its way; the message says what is waited for. */
export const progressing: (message: string) => Health = verdict('Progressing');
/** Wrong, and not expected to come right by itself. */
export const degraded: (message: string) => Health = verdict('Degraded');
/** Stopped on purpose. */
export const suspended: (message: string) => Health = verdict('Suspended');
/** Nothing can be said. */
export const unknown: (message: string) => Health = verdict('Unknown');
