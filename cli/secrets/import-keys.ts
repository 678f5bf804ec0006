import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run } from '../session.ts';

type Flags = { readonly to?: string };

type Imported = { readonly id: string; readonly state: 'added' | 'known'; readonly isRetired: boolean };

/** `plumb secrets import-keys`: the keys of a controller, for good-bye. */
export const run: Run<Flags> = async (session, { names, flags }) => {
  const [{ divideKeyFile }, { readInput }, { keysIn, nameOfSource, targetOfKeys }] = await Promise.all([
    import('../../shared/secrets/sealed/divide-key-file.ts'),
    import('./files.ts'),
    import('./keys.ts'),
  ]);
  const source = await targetOfKeys(session, flags.to);
  const secrets = session.ports().secrets;
  const known = new Set((await keysIn(source, secrets)).map(({ id }) => id));
  const inputs = await Promise.all(
    (names.length === 0 ? ['-'] : names).map(async (name) => ({ name, bytes: await readInput(name, session.shell) })),
  );
  const parts = inputs.flatMap(({ name, bytes }) =>
    divideKeyFile({ name: name === '-' ? 'stdin' : name, content: secrets.conceal(bytes) }, secrets.conceal),
  );
  const imported: Imported[] = [];
  for (const { file, keys } of parts) {
    const isKnown = keys.every(({ id }) => known.has(id));
    if (!isKnown) await secrets.keyFiles.add(source, file);
    for (const { id, isRetired } of keys) imported.push({ id, isRetired, state: isKnown ? 'known' : 'added' });
    for (const { id } of keys) known.add(id);
  }
  const { output } = session.options;
  session.progress.close();
  session.shell.writeOut(
    output === 'table'
      ? `${imported.map(lineOf).join('')}Sealing keys are in ${nameOfSource(source)}\n`
      : await formatData({ keys: imported, source: nameOfSource(source) }, output),
  );
  return exitCodes.ok;
};

function lineOf({ id, state, isRetired }: Imported): string {
  const what = state === 'added' ? 'added' : 'was there already';
  return `Sealing key ${id.slice(0, 12)} ${what}${isRetired ? ' (retired)' : ''}\n`;
}
