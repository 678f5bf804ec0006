import process from 'node:process';
import { type AllSettings, readSettings } from './settings.ts';

/** Which installation of the account a function belongs to. */
export const installation: string = process.env['PLUMB_INSTALLATION'] ?? 'unknown';

/** What the environment says of a kind of function; nothing else reads it. */
export function settingsOf<Of extends keyof AllSettings>(of: Of): AllSettings[Of] {
  return readSettings(of, process.env);
}
