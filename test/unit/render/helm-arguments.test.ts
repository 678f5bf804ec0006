import { describe, expect, it } from '@jest/globals';
import { escapeCommas, helmArguments } from '../../../shared/render/helm-arguments.ts';
import { noHelmOptions } from '../../../shared/render/source-options.ts';

describe('the arguments of helm', () => {
  it('are options first, and what a person named after two dashes', () => {
    const args = helmArguments({
      release: 'web',
      namespace: 'ns',
      options: {
        ...noHelmOptions,
        parameters: [
          { name: 'a', value: '1', forceString: false },
          { name: 'b', value: '2', forceString: true },
        ],
      },
      capabilities: { kubeVersion: 'v1.36.3', apiVersions: ['v1', 'apps/v1'] },
      valueFiles: ['./values.yaml'],
      fileParameters: [{ name: 'c', path: './x,y.txt' }],
    });
    expect(args.join(' ')).toBe(
      'template --namespace ns --kube-version v1.36.3 --api-versions v1,apps/v1 --include-crds --values ./values.yaml --set a=1 --set-string b=2 --set-file c=./x\\,y.txt -- web .',
    );
  });

  it('leave out what is not known', () => {
    const capabilities = { kubeVersion: '', apiVersions: [] };
    const options = { ...noHelmOptions, skipCrds: true };
    expect(
      helmArguments({ release: 'web', namespace: '', options, capabilities, valueFiles: [], fileParameters: [] }),
    ).toEqual(['template', '--', 'web', '.']);
  });

  it.each([
    ['a,b', 'a\\,b'],
    ['a\\,b', 'a\\,b'],
    ['{a,b}', '{a,b}'],
    [',a', ',a'],
    ['a,,b', 'a\\,,b'],
    ['', ''],
  ])('escape commas as Argo CD does: %s', (value, wanted) => {
    expect(escapeCommas(value)).toBe(wanted);
  });
});
