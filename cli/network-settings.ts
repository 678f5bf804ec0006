import { resolve } from 'node:path';
import type { Shell } from './shell.ts';

/** The proxies that the environment names, in upper or lower case; empty: none. */
export function proxySettings(env: Shell['env']): {
  readonly http: string;
  readonly https: string;
  readonly except: string;
} {
  const either = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  return { http: either('HTTP_PROXY'), https: either('HTTPS_PROXY'), except: either('NO_PROXY') };
}

/** The absolute path of SSL_CERT_FILE, which may be given as seen from the working folder; empty: none. */
export function caFileSetting(env: Shell['env'], folder: string): string {
  const file = env['SSL_CERT_FILE'] || '';
  return file === '' ? '' : resolve(folder, file);
}
