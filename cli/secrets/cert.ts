import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run } from '../session.ts';

/** `plumb secrets cert`: what others seal with. */
export const run: Run<object> = async (session) => {
  const [{ newestKey }, { readSealingKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/sealing-keys.ts'),
    import('./keys.ts'),
  ]);
  const keys = await readSealingKeys(session);
  const { certificate, id, notBefore, notAfter } = newestKey(keys);
  const { output } = session.options;
  session.progress.close();
  session.shell.writeOut(
    output === 'table'
      ? certificate
      : await formatData({ certificate, id, notBefore, notAfter, keys: keys.length }, output),
  );
  return exitCodes.ok;
};
