/** The region in an ARN, or in the URL of a queue; undefined: as the SDK finds it, as with an emulator. */
export function regionOf(arnOrUrl: string): { readonly region?: string } {
  const [, region] =
    /^arn:[^:]+:[^:]+:([a-z0-9-]+):/.exec(arnOrUrl) ??
    /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(arnOrUrl) ??
    [];
  return region === undefined ? {} : { region };
}
