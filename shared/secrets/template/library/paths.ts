import { posix } from 'node:path';
import { type FunctionTable, fixed } from '../evaluate/go-function.ts';

const base = fixed(['string'], ([path]) => baseOf(path));
const dir = fixed(['string'], ([path]) => cleanPath(path.slice(0, path.lastIndexOf('/') + 1)));
const clean = fixed(['string'], ([path]) => cleanPath(path));
const ext = fixed(['string'], ([path]) => /\.[^./]*$/.exec(path)?.[0] ?? '');
const isAbs = fixed(['string'], ([path]) => path.startsWith('/'));

/** Sprig's functions for paths; those of the operating system are Linux's. */
export const pathFunctions: FunctionTable = {
  base,
  dir,
  clean,
  ext,
  isAbs,
  osBase: base,
  osDir: dir,
  osClean: clean,
  osExt: ext,
  osIsAbs: isAbs,
};

function baseOf(path: string): string {
  if (path === '') return '.';
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return name === '' ? '/' : name;
}

/** Go's path.Clean, which leaves no slash at the end. */
function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}
