import { PlumbError } from '../../errors.ts';
import type { Application } from '../../model/application.ts';
import type { Head } from '../../model/head.ts';
import type { Ports } from '../../ports.ts';
import { openApplication } from '../sync/prepare-sync.ts';
import { deployedRender } from '../sync/snapshot-render.ts';
import { loadLastDeclared } from './last-declared.ts';
import { assessStatus } from './status.ts';

/** Compares an application with what is deployed of it, as its newest snapshot has it: neither Git nor a declaration is needed. */
export async function refreshAsKept(
  name: string,
  ports: Ports,
): Promise<{ readonly head: Head; readonly application: Application }> {
  const { application, project } = await loadLastDeclared(name, ports);
  const opened = await openApplication({ application, project }, ports);
  const rendered = await deployedRender(opened.session.head, ports.store);
  if (rendered === undefined)
    throw new PlumbError('snapshot-unknown', `nothing is deployed of ${name}`, {
      object: name,
      hint: `see what there is with: plumb history ${name}`,
    });
  const { head } = await assessStatus({ application, project }, ports, { ...opened, rendered });
  return { head, application };
}
