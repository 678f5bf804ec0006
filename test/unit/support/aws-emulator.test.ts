import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { localSetup } from '../../../cli/setup/local-setup.ts';
import { silentProgress } from '../../../cli/setup/progress.ts';
import { provideEmulator } from '../../support/aws/provide-emulator.ts';
import { failureOf } from '../../support/failure-of.ts';

it('says what to install when there is no Python for the AWS emulator', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-emulator-'));
  try {
    const environment = { XDG_CACHE_HOME: folder, PATH: join(folder, 'nothing') };
    const error = await failureOf(provideEmulator(localSetup({ environment, progress: silentProgress })));
    expect(error).toMatchObject({
      code: 'tool-unusable',
      message: expect.stringContaining('cannot install the AWS emulator'),
      hint: expect.stringContaining('Install Python 3.10 or newer with its venv module'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
