import { Command } from 'commander';
import type { CheckResult } from '../doctor/check-result.ts';
import { formatData } from '../output/write-data.ts';
import { type Act, exitCodes, type Run, type Session } from '../session.ts';
import { examples } from './examples.ts';

/** `plumb doctor`: whether everything that Plumbline needs is there, and what to do where it is not. */
export function doctorCommand(act: Act): Command {
  return new Command('doctor')
    .summary('check tools, state, clusters, rights and Git access')
    .description(
      'Checks helm and kustomize, the folder of state, the configuration of secrets, and for all that -f or --control declares: the clusters, the rights in them,\n' +
        'and the Git repositories. Nothing is changed. Exit code: 0 all is well, 1 a check failed.',
    )
    .addHelpText('after', examples(['plumb doctor', 'plumb doctor -f apps/']))
    .action(act(doctor));
}

const doctor: Run<object> = async (session) => {
  const { options } = session;
  const [{ checksFor }, { runCheck }] = await Promise.all([
    import('../doctor/checks.ts'),
    import('../doctor/check-result.ts'),
  ]);
  const checks = await checksFor(session);
  session.progress.close();
  const running = checks.map(runCheck);
  const results = options.output === 'table' ? await printEach(session, running) : await Promise.all(running);
  if (options.output !== 'table') session.shell.writeOut(await formatData(results, options.output));
  return results.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.failed;
};

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
