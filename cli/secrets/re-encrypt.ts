import { randomBytes } from 'node:crypto';
import type { Resealing } from '../../shared/secrets/sealed/reseal-text.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run, type Session } from '../session.ts';

/** `plumb secrets re-encrypt`: after a new key, what was sealed with older ones is sealed with it. */
export const run: Run<object> = async (session, { names }) => {
  const [{ Unsealer }, { readInput, replaceFile }, { readSealingKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/unseal.ts'),
    import('./files.ts'),
    import('./keys.ts'),
  ]);
  const resealing = { keys: await readSealingKeys(session), unsealer: new Unsealer(), randomBytes };
  if (names.length === 0 || (names.length === 1 && names[0] === '-')) return throughPipe(session, resealing);
  const { resealText } = await import('../../shared/secrets/sealed/reseal-text.ts');
  const done = [];
  for (const file of names) {
    const text = (await readInput(file, session.shell)).toString('utf8');
    done.push({ file, ...(await resealText(text, file, resealing)) });
  }
  // Nothing is written before all of it could be opened.
  for (const { file, text, values } of done) if (values > 0) await replaceFile(file, text, session.shell);
  const { output } = session.options;
  session.progress.close();
  session.shell.writeOut(
    output === 'table'
      ? done
          .map(
            ({ file, objects, values }) => `${file}: ${count(values, 'value')} of ${count(objects, 'SealedSecret')}\n`,
          )
          .join('')
      : await formatData({ files: done.map(({ file, objects, values }) => ({ file, objects, values })) }, output),
  );
  return exitCodes.ok;
};

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

async function throughPipe(session: Session, resealing: Resealing): Promise<number> {
  const { resealText } = await import('../../shared/secrets/sealed/reseal-text.ts');
  const { text } = await resealText(await session.shell.readIn(), 'stdin', resealing);
  session.progress.close();
  session.shell.writeOut(text);
  return exitCodes.ok;
}
