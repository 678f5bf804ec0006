import { Command } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { Destination } from '../../shared/model/application.ts';
import type { DeclaredApplication } from '../../shared/model/registry.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import { adoptionNotices, adoptionRecord, formatAdoption, isWhole } from '../output/adoption-view.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly dryRun?: boolean };

/** `plumb adopt`: state that was lost, made anew from a cluster. */
export function adoptCommand(act: Act): Command {
  return new Command('adopt')
    .argument('<CLUSTER>', 'context or cluster of the kubeconfig, or the URL of its API server')
    .summary('rebuild lost state from what a cluster has')
    .description(
      'Finds the objects that applications own in a cluster, by label and tracking id, and lists them in the state again.\n' +
        'The cluster is only read; state that is there is not changed or removed.\n' +
        'Exit code: 0 all was seen, 2 an error, or something could not be read or was left alone.',
    )
    .option('--dry-run', 'only say what would be added')
    .addHelpText('after', examples(['plumb adopt prod -f apps/ --dry-run', 'plumb adopt prod -f apps/']))
    .action(act(adoptCluster));
}

const adoptCluster: Run<Flags> = async (session, { names, flags }) => {
  const { options, shell, colours, progress } = session;
  const declared = await findDeclared(session);
  const { adopt } = await import('../../shared/workflows/adopt/adopt.ts');
  const dryRun = flags.dryRun === true;
  const request = { cluster: toDestination(names[0] ?? ''), declared: declared ?? [], dryRun };
  const adoption = await adopt(request, session.ports());
  for (const message of adoptionNotices(adoption)) progress.report({ type: 'notice', level: 'warning', message });
  progress.close();
  if (options.output !== 'table')
    shell.writeOut(await formatData({ ...adoptionRecord(adoption), dryRun }, options.output));
  else if (adoption.applications.length > 0) shell.writeOut(formatAdoption(adoption, { dryRun, colours, declared }));
  else shell.writeErr(`No objects of applications in cluster ${adoption.cluster}.\n`);
  return isWhole(adoption) ? exitCodes.ok : exitCodes.error;
};

/** Undefined: the command line does not say where applications are declared. */
async function findDeclared(session: Session): Promise<readonly DeclaredApplication[] | undefined> {
  return hasDeclarations(session.options) ? (await loadDeclarations(session)).applications : undefined;
}

function toDestination(cluster: string): Destination {
  if (cluster === '') throw new PlumbError('usage', 'which cluster?', { hint: 'name a context of the kubeconfig' });
  return cluster.includes('://') ? { server: cluster, namespace: '' } : { name: cluster, namespace: '' };
}
