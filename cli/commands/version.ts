import { Command } from 'commander';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { plumbVersion } from '../version.ts';
import { examples } from './examples.ts';

/** `plumb version`: what runs here; nothing is asked of a cluster. */
export function versionCommand(act: Act): Command {
  return new Command('version')
    .summary('print the version of plumb and of Node.js')
    .description('Prints the version of plumb and of Node.js.')
    .addHelpText('after', examples(['plumb version', 'plumb version -o json']))
    .action(act(version));
}

const version: Run<object> = async ({ options, shell }) => {
  const versions = { plumb: plumbVersion(), node: process.version };
  shell.writeOut(
    options.output === 'table'
      ? `plumb ${versions.plumb}\nnode ${versions.node}\n`
      : await formatData(versions, options.output),
  );
  return exitCodes.ok;
};
