/** Who holds a lease, for people: `process 5651 on vm` of a local worker's id; any other id as it is. */
export function describeHolder(holder: string): string {
  const [, host, processId] = /^([^:~]+)(?:~[^:]*)?:(\d+):/.exec(holder) ?? [];
  return host === undefined ? holder : `process ${processId} on ${host}`;
}
