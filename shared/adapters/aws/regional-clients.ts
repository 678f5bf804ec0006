import { type CallConfig, type CallOptions, callConfig } from './call-options.ts';

/** Clients by region, each made when it is first needed; without a region, one as the options say. */
export function createRegionalClients<Client>(
  options: CallOptions,
  make: (config: CallConfig) => Promise<Client>,
): (region: string | undefined) => Promise<Client> {
  const made = new Map<string, Promise<Client>>();
  return (region) => {
    const key = region ?? '';
    const client = made.get(key) ?? make(callConfig(region === undefined ? options : { ...options, region }));
    made.set(key, client);
    return client;
  };
}
