import { Command } from 'commander';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';
import { nameOfSource, targetOfKeys } from './secrets-keys.ts';

type Flags = { readonly to?: string };

/** `plumb secrets new-key`: from now on secrets are sealed with another key. */
export function newKeyCommand(act: Act): Command {
  return new Command('new-key')
    .summary('make a new sealing key')
    .description(
      'Makes an RSA key of 4096 bits with a certificate for ten years, and adds it to the first source of sealing keys.\n' +
        'Older keys stay, and open what was sealed with them.',
    )
    .option('--to <DIR>', 'a folder for it, in place of the first source of sealing keys')
    .addHelpText('after', examples(['plumb secrets new-key', 'plumb secrets new-key --to keys/']))
    .action(act(newKey));
}

const newKey: Run<Flags> = async (session, { flags }) => {
  const source = await targetOfKeys(session, flags.to);
  const [{ createSealingKey }, { parseSealingKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/new-sealing-key.ts'),
    import('../../shared/secrets/sealed/sealing-keys.ts'),
  ]);
  const { keyFiles, conceal, randomBytes } = session.ports().secrets;
  const content = conceal(Buffer.from(await createSealingKey(new Date(), randomBytes)));
  const [key] = parseSealingKeys([{ name: 'new key', content }]);
  await keyFiles.add(source, { name: `sealing-key-${key?.id.slice(0, 12)}.pem`, content });
  const made = { id: key?.id, notBefore: key?.notBefore, notAfter: key?.notAfter, source: nameOfSource(source) };
  const { output } = session.options;
  session.progress.close();
  session.shell.writeOut(
    output === 'table'
      ? `Made sealing key ${made.id?.slice(0, 12)}, valid until ${made.notAfter?.slice(0, 10)}, in ${made.source}\n`
      : await formatData(made, output),
  );
  return exitCodes.ok;
};
