import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRollbackBed, prompts, type RollbackBed } from '../support/rollback-bed.ts';

let bed: RollbackBed;
beforeEach(async () => {
  bed = await openRollbackBed();
});
afterEach(() => bed.close());

const job = (name: string, hook: string): string =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/hook': hook } },
    spec: {
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.example.com/app:1' }] },
      },
    },
  });

describe('The hooks of a snapshot', () => {
  it('do not run when an application is rolled back to it, and that is told', async () => {
    const hooks = { 'app/before.yaml': job('before', 'PreSync'), 'app/after.yaml': job('after', 'PostSync') };
    await bed.commit({ ...prompts('good'), ...hooks });
    await bed.sync();
    await bed.commit(prompts('bad'));
    await bed.sync();
    const told = bed.notices().length;
    const { head } = await bed.rollback();
    expect([await bed.value('prompts'), head.operation?.phase]).toEqual(['good', 'Succeeded']);
    expect(await bed.engine.live('Job', 'before', 'batch/v1')).toBeUndefined();
    expect(await bed.engine.live('Job', 'after', 'batch/v1')).toBeUndefined();
    expect(head.inventory.map(({ ref }) => ref.kind)).not.toContain('Job');
    expect(bed.notices().slice(told)).toEqual(
      expect.arrayContaining([expect.stringMatching(/before.* is a hook/), expect.stringMatching(/after.* is a hook/)]),
    );
  });
});
