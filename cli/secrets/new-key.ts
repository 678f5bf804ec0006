import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run } from '../session.ts';

type Flags = { readonly to?: string };

/** `plumb secrets new-key`: from now on secrets are sealed with another key. */
export const run: Run<Flags> = async (session, { flags }) => {
  const [{ createSealingKey }, { parseSealingKeys }, { nameOfSource, targetOfKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/new-sealing-key.ts'),
    import('../../shared/secrets/sealed/sealing-keys.ts'),
    import('./keys.ts'),
  ]);
  const source = await targetOfKeys(session, flags.to);
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
