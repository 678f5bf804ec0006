/** Sync status codes, as Argo CD names them. Unknown: something could not be read, so nothing is claimed. */
export const syncCodes = ['Synced', 'OutOfSync', 'Unknown'] as const;
export type SyncCode = (typeof syncCodes)[number];

/** Health codes from best to worst, in Argo CD's order of aggregation. */
export const healthCodes = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const;
export type HealthCode = (typeof healthCodes)[number];

/** `message` says what is waited for or what is wrong; empty when there is nothing to say. */
export type Health = { readonly code: HealthCode; readonly message: string };
