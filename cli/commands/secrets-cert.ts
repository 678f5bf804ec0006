import { Command } from 'commander';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';
import { readSealingKeys } from './secrets-keys.ts';

/** `plumb secrets cert`: what others seal with. */
export function certCommand(act: Act): Command {
  return new Command('cert')
    .summary('print the certificate of the newest sealing key')
    .description(
      'Prints the certificate to seal with. It is no secret: kubeseal and plumb secrets seal take it with --cert.',
    )
    .addHelpText('after', examples(['plumb secrets cert > cert.pem', 'plumb secrets cert -o json']))
    .action(act(cert));
}

const cert: Run<object> = async (session) => {
  const { newestKey } = await import('../../shared/secrets/sealed/sealing-keys.ts');
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
