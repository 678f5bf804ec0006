import { Command } from 'commander';
import { PlumbError } from '../../shared/errors.ts';
import type { Check, CheckResult } from '../doctor/check-result.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { stateFolders } from '../state-folders.ts';
import { examples } from './examples.ts';

/** `plumb doctor`: whether everything that Plumbline needs is there, and what to do where it is not. */
export function doctorCommand(act: Act): Command {
  return new Command('doctor')
    .summary('check tools, state, clusters, rights and Git access')
    .description(
      'Checks helm and kustomize, the folder of state, the configuration of secrets, and for all that -f or --control declares: the clusters, the rights in them,\n' +
        'and the Git repositories. With --aws, the installation on AWS whose store is given: bucket, queues, functions, access to clusters, webhook.\n' +
        'Nothing is changed. Exit code: 0 all is well, 1 a check failed; what you have no right to look at is no failure.',
    )
    .option('--aws', 'check an installation on AWS, whose bucket --store names')
    .addHelpText(
      'after',
      examples(['plumb doctor', 'plumb doctor -f apps/', 'plumb doctor --aws --store s3://acme-plumbline/prod']),
    )
    .action(act(doctor));
}

type Flags = { readonly aws?: boolean };

const doctor: Run<Flags> = async (session, { flags }) => {
  const { options } = session;
  const { runCheck } = await import('../doctor/check-result.ts');
  const checks = flags.aws === true ? await checksOnAws(session) : await checksHere(session);
  session.progress.close();
  const running = checks.map(runCheck);
  const results = options.output === 'table' ? await printEach(session, running) : await Promise.all(running);
  if (options.output !== 'table') session.shell.writeOut(await formatData(results, options.output));
  return results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed;
};

async function checksHere(session: Session): Promise<readonly Check[]> {
  const { checksFor } = await import('../doctor/checks.ts');
  return checksFor(session);
}

async function checksOnAws({ options, shell, ports, runtime }: Session): Promise<readonly Check[]> {
  const [{ awsChecks }, { openAwsLooks }] = await Promise.all([
    import('../doctor/aws/aws-checks.ts'),
    import('../doctor/aws/looks.ts'),
  ]);
  const place = stateFolders(options, shell).store;
  if (place.type === 'folder')
    throw new PlumbError('usage', '--aws: the store is a folder', {
      hint: 'name the bucket of the installation with --store s3://BUCKET; it is the output Store of the state stack',
    });
  const { store, clock } = ports();
  const looks = await openAwsLooks(clock, place.region);
  return awsChecks({ bucket: place.bucket, place: runtime().storePlace, store, clock, looks });
}

/** All checks run at once; each is shown as soon as those before it are. */
async function printEach(
  { shell, colours }: Session,
  running: readonly Promise<CheckResult>[],
): Promise<readonly CheckResult[]> {
  const { formatCheck } = await import('../doctor/check-result.ts');
  const results: CheckResult[] = [];
  for (const check of running) {
    const result = await check;
    results.push(result);
    shell.writeOut(formatCheck(result, colours));
  }
  return results;
}
