import { describe, expect, it } from '@jest/globals';
import { parseSecretsConfig } from '../../../../shared/secrets/config/parse-config.ts';
import { resolveSealed } from '../../../../shared/workflows/secrets/resolve-sealed.ts';
import type { Resolving } from '../../../../shared/workflows/secrets/resolving.ts';
import { noSecrets } from '../../../support/secrets/no-secrets.ts';

describe('A SealedSecret that cannot be read', () => {
  it('is told of, and ends no process where the sealing keys cannot be read either', async () => {
    const parsed = parseSecretsConfig({ sealedSecrets: { keys: [{ folder: '/nowhere' }] } }, 'the test');
    const secrets = { ...noSecrets, config: async () => parsed };
    const left: unknown[] = [];
    const note = (reason: unknown): void => void left.push(reason);
    process.on('unhandledRejection', note);
    const metadata = { name: 'db', namespace: 'shop' };
    const manifest = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, spec: 'wrong' };
    const [resolved] = await resolveSealed([manifest], { request: {}, ports: { secrets } } as unknown as Resolving);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(resolved?.unresolved?.message).toMatch(/SealedSecret.*shop\/db/);
    expect(left).toEqual([]);
  });
});
