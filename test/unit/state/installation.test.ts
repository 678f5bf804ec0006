import { describe, expect, it } from '@jest/globals';
import type { Installation } from '../../../shared/model/installation.ts';
import { loadInstallation, refuseForeign, saveInstallation } from '../../../shared/state/installation.ts';
import { anInstallation } from '../../support/an-installation.ts';
import { failureOf } from '../../support/failure-of.ts';
import { recordingStore } from '../../support/jobs/recording-store.ts';
import { MemoryStore } from '../../support/model/memory-store.ts';

const own = anInstallation;
const other: Installation = { ...own, id: 'stage' };

describe('A store', () => {
  it('is nobody’s until an installation says that it is its own', async () => {
    const store = new MemoryStore();
    expect(await loadInstallation(store)).toBeUndefined();
    expect(() => refuseForeign(undefined, 'prod')).not.toThrow();
    await saveInstallation(store, own);
    expect(await loadInstallation(store)).toEqual(own);
  });

  it('is written to only where the installation is another than it was', async () => {
    const { store, calls, of, forget } = recordingStore(new MemoryStore());
    await saveInstallation(store, own);
    forget();
    await saveInstallation(store, own);
    expect([calls.length, of('put')]).toEqual([1, []]);
    await saveInstallation(store, { ...own, webhookUrl: 'https://new/webhook' });
    expect((await loadInstallation(store))?.webhookUrl).toBe('https://new/webhook');
  });

  it('of another installation is refused, with what to do about it, and stays as it is', async () => {
    const store = new MemoryStore();
    await saveInstallation(store, other);
    const refused = await failureOf(saveInstallation(store, own));
    expect(refused).toMatchObject({
      code: 'store-foreign',
      retryable: false,
      message: 'the store belongs to installation stage, and this is prod',
    });
    expect(refused.hint).toContain('installation.json');
    expect(await loadInstallation(store)).toEqual(other);
    expect(() => refuseForeign(other, 'prod')).toThrow('belongs to installation stage');
  });

  it('is refused by the slower of two that take it at the same time', async () => {
    const memory = new MemoryStore();
    const store = {
      ...recordingStore(memory).store,
      put: async (...given: Parameters<MemoryStore['put']>) => {
        await saveInstallation(memory, other);
        return memory.put(...given);
      },
    };
    expect(await failureOf(saveInstallation(store, own))).toMatchObject({ code: 'store-foreign' });
  });

  it('is taken as its own by an installation that another run of it was faster to register', async () => {
    const memory = new MemoryStore();
    const store = { ...recordingStore(memory).store, put: async () => ({ won: false }) as const };
    await saveInstallation(memory, own);
    await saveInstallation(store, { ...own, webhookUrl: 'https://new/webhook' });
    expect(await loadInstallation(memory)).toEqual(own);
  });
});
