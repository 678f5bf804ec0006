import { Command } from 'commander';
import { chooseApplication } from '../choose-applications.ts';
import { loadDeclarations } from '../load-declarations.ts';
import { formatData } from '../output/write-data.ts';
import { revisionOption } from '../resource-option.ts';
import { type Act, exitCodes, type Run } from '../session.ts';
import { examples } from './examples.ts';

type Flags = { readonly revision?: string };

/** `plumb render`: the manifests that Git wants, as a stream that kubectl takes. */
export function renderCommand(act: Act): Command {
  return new Command('render')
    .argument('[APP]', 'application; may be left out when only one is declared')
    .summary('print the manifests that Git wants')
    .description(
      'Renders an application as a sync would and prints its manifests. Nothing is applied, and no secret is resolved;\n' +
        'values that stand in Secrets are shown as marks.',
    )
    .addOption(revisionOption())
    .addHelpText(
      'after',
      examples(['plumb render shop -f apps/', 'plumb render shop -f apps/ --revision my-branch | kubectl diff -f -']),
    )
    .action(act(render));
}

const render: Run<Flags> = async (session, { names, flags }) => {
  const chosen = chooseApplication(await loadDeclarations(session), names[0]);
  const [{ renderApplication }, { maskSecrets }] = await Promise.all([
    import('../../shared/workflows/sync/render.ts'),
    import('../../shared/plan/diff/secret-mask.ts'),
  ]);
  const { render: rendered, warnings } = await renderApplication({ ...chosen, ...flags }, session.ports());
  for (const message of warnings) {
    session.progress.report({ type: 'notice', level: 'warning', application: chosen.application.name, message });
  }
  session.progress.close();
  const shown = rendered.manifests.map((manifest) => maskSecrets({ live: undefined, predicted: manifest }).predicted);
  session.shell.writeOut(await formatManifests(shown, session.options.output));
  return exitCodes.ok;
};

/** Documents for people and for kubectl; with JSON a List, which kubectl takes as well. */
async function formatManifests(manifests: readonly unknown[], output: 'table' | 'json' | 'yaml'): Promise<string> {
  if (output === 'json') return formatData({ apiVersion: 'v1', kind: 'List', items: manifests }, 'json');
  const documents = await Promise.all(manifests.map((manifest) => formatData(manifest, 'yaml')));
  return documents.map((document) => `---\n${document}`).join('');
}
