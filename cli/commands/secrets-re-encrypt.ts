import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import type { Resealing } from '../../shared/secrets/sealed/reseal-text.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';
import { readInput, replaceFile } from './secrets-files.ts';
import { readSealingKeys } from './secrets-keys.ts';

/** `plumb secrets re-encrypt`: after a new key, what was sealed with older ones is sealed with it. */
export function reEncryptCommand(act: Act): Command {
  return new Command('re-encrypt')
    .argument('[FILES...]', 'files with SealedSecrets, which are rewritten; default: stdin to stdout')
    .summary('seal SealedSecrets anew with the newest key')
    .description(
      'Opens SealedSecrets and seals them with the newest key, each for the same scope as before. All else in the files\n' +
        'stays as it is. Retired keys still open here.',
    )
    .addHelpText(
      'after',
      examples(['plumb secrets re-encrypt apps/shop/*.yaml', 'plumb secrets re-encrypt < old.yaml > new.yaml']),
    )
    .action(act(reEncrypt));
}

const reEncrypt: Run<object> = async (session, { names }) => {
  const { Unsealer } = await import('../../shared/secrets/sealed/unseal.ts');
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
      ? done.map(({ file, objects, values }) => `${file}: ${values} values of ${objects} SealedSecrets\n`).join('')
      : await formatData({ files: done.map(({ file, objects, values }) => ({ file, objects, values })) }, output),
  );
  return exitCodes.ok;
};

async function throughPipe(session: Session, resealing: Resealing): Promise<number> {
  const { resealText } = await import('../../shared/secrets/sealed/reseal-text.ts');
  const { text } = await resealText(await session.shell.readIn(), 'stdin', resealing);
  session.progress.close();
  session.shell.writeOut(text);
  return exitCodes.ok;
}
