import { setTimeout as sleep } from 'node:timers/promises';
import { prod } from './environment.ts';
import type { Stage } from './stage.ts';

const dayMs = 86_400_000;

/** Says how to use what runs, and resolves at Ctrl-C. */
export async function keepRunning(stage: Stage, write: (text: string) => void): Promise<void> {
  write(describeStage(stage));
  while (!stage.signal.aborted) await sleep(dayMs, undefined, { signal: stage.signal }).catch(() => {});
}

function describeStage({ plumb, team, kubeconfig, kubectl, secrets }: Stage): string {
  const exports = Object.entries(plumb.variables).map(([name, value]) => `     export ${name}=${value}`);
  const { url, token } = secrets.vault;
  return `
   Everything is left running. In another terminal:

${exports.join('\n')}

     ${kubectl} --namespace ${prod.namespace} get all
     ${kubectl} --namespace ${prod.namespace} edit deployment backend    # is repaired within 3 s
     npm run --silent plumb -- list
     npm run --silent plumb -- status ${prod.application}
     npm run --silent plumb -- diff ${prod.application}
     npm run --silent plumb -- secrets explain ${prod.application}
     curl -H 'X-Vault-Token: ${token}' -d '{"data":{"token":"another"}}' ${url}/v1/kotaemon-${prod.name}/data/crm    # prod's pods are replaced within 20 s
     tail -f ${plumb.serveLog}

   kubeconfig  ${kubeconfig}
   Git         ${team.repoURL}
   clone       ${team.folder}    # commit and git push; plumb serve sees it within a second

   Ctrl-C ends it all and leaves nothing behind.
`;
}
