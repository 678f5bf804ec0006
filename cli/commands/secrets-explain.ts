import { Command } from 'commander';
import { findKnownApplication } from '../find-known-application.ts';
import { hasDeclarations } from '../load-declarations.ts';
import { formatExplained } from '../output/secrets-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb secrets explain`: each reference, its store, version and users, and why it fails; never a value. */
export function explainCommand(act: Act): Command {
  return new Command('explain')
    .argument('<APP>', 'application')
    .summary('say where the secrets of an application come from, and what fails')
    .description(
      'Resolves every ExternalSecret, SealedSecret and encrypted Secret of an application and prints its store, key and\n' +
        'version, what uses it and what stands against it; never a value. Nothing is changed.\n' +
        'Without -f and --control, what is deployed is looked at.\n' +
        'Exit code: 0 all are resolved, 1 some are not, 2 an error.',
    )
    .addHelpText('after', examples(['plumb secrets explain shop -f apps/', 'plumb secrets explain shop -o json']))
    .action(act(explain));
}

const explain: Run<object> = async (session, { names: [name = ''] }) => {
  const { application, project } = await findKnownApplication(session, name);
  const { explainSecrets } = await import('../../shared/workflows/secrets/explain-secrets.ts');
  const asDeployed = !hasDeclarations(session.options);
  const explained = await explainSecrets({ application, project, asDeployed }, session.ports());
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table' ? formatExplained(explained, colours) : await formatData(explained, options.output),
  );
  return explained.secrets.some(({ problem }) => problem !== undefined) ? exitCodes.failed : exitCodes.ok;
};
