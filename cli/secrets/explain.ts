import { findKnownApplication } from '../find-known-application.ts';
import { hasDeclarations } from '../load-declarations.ts';
import { formatData } from '../output/write-data.ts';
import { exitCodes, type Run } from '../session.ts';

/** `plumb secrets explain`: each reference, its store, version and users, and why it fails; never a value. */
export const run: Run<object> = async (session, { names: [name = ''] }) => {
  const { application, project } = await findKnownApplication(session, name);
  const [{ explainSecrets }, { formatExplained }] = await Promise.all([
    import('../../shared/workflows/secrets/explain-secrets.ts'),
    import('../output/secrets-view.ts'),
  ]);
  const asDeployed = !hasDeclarations(session.options);
  const explained = await explainSecrets({ application, project, asDeployed }, session.ports());
  session.progress.close();
  const { options, shell, colours } = session;
  shell.writeOut(
    options.output === 'table' ? formatExplained(explained, colours) : await formatData(explained, options.output),
  );
  return explained.secrets.some(({ problem }) => problem !== undefined) ? exitCodes.failed : exitCodes.ok;
};
