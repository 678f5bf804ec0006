import { Command } from 'commander';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';
import { readInput } from './secrets-files.ts';
import { keysIn, nameOfSource, targetOfKeys } from './secrets-keys.ts';

type Flags = { readonly to?: string };

/** `plumb secrets import-keys`: the keys of a controller, for good-bye. */
export function importKeysCommand(act: Act): Command {
  return new Command('import-keys')
    .argument('[FILES...]', 'PEM, Secrets of type kubernetes.io/tls, or a List of them; default: stdin')
    .summary('bring the keys of a Sealed Secrets controller')
    .description(
      'Adds sealing keys to the first source of sealing keys. Keys that are there already are passed over, and none is replaced.\n' +
        'Nothing of a key is printed but its id.',
    )
    .option('--to <DIR>', 'a folder for them, in place of the first source of sealing keys')
    .addHelpText(
      'after',
      examples([
        'kubectl get secret -n kube-system -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml | plumb secrets import-keys',
        'plumb secrets import-keys backup.yaml --to keys/',
      ]),
    )
    .action(act(importKeys));
}

type Imported = { readonly id: string; readonly state: 'added' | 'known'; readonly isRetired: boolean };

const importKeys: Run<Flags> = async (session, { names, flags }) => {
  const source = await targetOfKeys(session, flags.to);
  const { divideKeyFile } = await import('../../shared/secrets/sealed/divide-key-file.ts');
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
