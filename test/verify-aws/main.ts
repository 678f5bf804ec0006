import { parseArgs } from 'node:util';
import { messageOf } from '../../shared/errors.ts';
import { NotRun, scenarios } from './scenarios.ts';
import { openSubject } from './subject.ts';

const usage = `Runs the scenarios of the tests on a real account, against an application that may be changed, wiped and rolled back.

  npm run verify:aws -- --store s3://BUCKET --kubeconfig FILE --application NAME [--push COMMAND]

The application is deployed by the installation whose bucket that is, has automated sync with selfHeal, a namespace of its own
and a ConfigMap "settings" with a field "v". COMMAND pushes a commit to its repository that changes "v".
`;

/** Runs all scenarios one after another; exit code 1 when one fails, or nothing could be run. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      store: { type: 'string' },
      kubeconfig: { type: 'string' },
      application: { type: 'string' },
      push: { type: 'string' },
    },
  });
  const { store, kubeconfig, application, push } = values;
  if (store === undefined || kubeconfig === undefined || application === undefined) {
    process.stderr.write(usage);
    return 1;
  }
  const subject = openSubject({ store, kubeconfig, application, ...(push === undefined ? {} : { push }) });
  let failed = 0;
  for (const [title, run] of scenarios) if (!(await passes(title, () => run(subject)))) failed += 1;
  process.stdout.write(failed === 0 ? 'All that was run holds.\n' : `${failed} failed.\n`);
  return failed === 0 ? 0 : 1;
}

async function passes(title: string, run: () => Promise<unknown>): Promise<boolean> {
  const startedAt = performance.now();
  const tell = (mark: string, more: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${mark} ${title} (${seconds} s)${more === '' ? '' : `: ${more}`}\n`);
  };
  try {
    await run();
    tell('✓', '');
    return true;
  } catch (error) {
    tell(error instanceof NotRun ? '–' : '✕', messageOf(error));
    return error instanceof NotRun;
  }
}

process.exitCode = await main();
