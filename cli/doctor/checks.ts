import { messageOf, PlumbError } from '../../shared/errors.ts';
import type { Application } from '../../shared/model/application.ts';
import type { Declarations } from '../../shared/model/registry.ts';
import type { Ports } from '../../shared/ports.ts';
import { hasDeclarations, loadDeclarations } from '../load-declarations.ts';
import type { Session } from '../session.ts';
import type { Check } from './check-result.ts';
import { clusterChecks } from './cluster-checks.ts';
import { secretsChecks } from './secrets-check.ts';
import { storeCheck } from './store-check.ts';

/** All that can be checked with what the options say. */
export async function checksFor(session: Session): Promise<readonly Check[]> {
  const ports = session.ports();
  const own = [toolCheck(ports), storeCheck(ports, session.runtime().storePlace), ...secretsChecks(session, ports)];
  if (!hasDeclarations(session.options)) return [...own, ...clusterChecks([], ports)];
  const loaded = await load(session);
  if ('error' in loaded) return [...own, { what: 'applications', run: () => Promise.reject(loaded.error) }];
  const applications = loaded.declarations.applications.map(({ application }) => application);
  return [
    ...own,
    declarationCheck(loaded.declarations),
    ...clusterChecks(applications, ports),
    ...gitChecks(applications, ports),
  ];
}

type Loaded = { readonly declarations: Declarations } | { readonly error: unknown };

async function load(session: Session): Promise<Loaded> {
  try {
    return { declarations: await loadDeclarations(session) };
  } catch (error) {
    return { error };
  }
}

function toolCheck({ runner }: Ports): Check {
  return {
    what: 'tools',
    run: async () => {
      const { helm, kustomize } = await runner.versions();
      return `helm ${helm}, kustomize ${kustomize}`;
    },
  };
}

function declarationCheck({ applications, rejected }: Declarations): Check {
  return {
    what: 'applications',
    run: async () => {
      const found = `${applications.length} usable`;
      if (rejected.length === 0) return found;
      const reasons = rejected.map(({ error }) => messageOf(error)).join('\n');
      throw new PlumbError('application-invalid', `${found}, ${rejected.length} left out:\n${reasons}`, {
        hint: 'correct the manifests',
      });
    },
  };
}

/** Helm repositories and OCI registries are asked only when something is rendered. */
function gitChecks(applications: readonly Application[], { git }: Ports): readonly Check[] {
  const sources = applications.flatMap((application) => application.sources);
  const urls = new Set(
    sources
      .filter(({ chart, repoURL }) => chart === undefined && !repoURL.startsWith('oci:'))
      .map(({ repoURL }) => repoURL),
  );
  return [...urls].map((url) => ({
    what: `git ${url}`,
    run: async () => {
      const [head] = await git.listRefs(url, ['HEAD']);
      return head === undefined ? 'can be read; it is empty' : `can be read, HEAD is ${head.oid.slice(0, 7)}`;
    },
  }));
}
