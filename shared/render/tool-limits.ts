/** What one run of a tool may take: Argo CD's 90 seconds and 10 MB. */
export const toolLimits: { readonly timeoutMs: number; readonly maxOutputBytes: number } = {
  timeoutMs: 90_000,
  maxOutputBytes: 10_000_000,
};
