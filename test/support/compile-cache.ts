import { join } from 'node:path';

/** Where processes that tests start find compiled code; each would otherwise compile the engine anew, which is half of its work. */
export const compileCache: { readonly NODE_COMPILE_CACHE: string } = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compile'),
};
