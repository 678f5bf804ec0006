/**
 * Runs `work` while no other process holds the same lock, and frees it however `work` ends.
 * A lock whose holder has died is taken over. `waiting` is told once, with the holder's process id.
 */
export function withLock<T>(path: string, waiting: (holder: number) => void, work: () => Promise<T>): Promise<T>;
