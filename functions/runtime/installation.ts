import process from 'node:process';

/** Which installation of the account a function belongs to. */
export const installation: string = process.env['PLUMB_INSTALLATION'] ?? 'unknown';
