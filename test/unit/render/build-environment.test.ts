import { describe, expect, it } from '@jest/globals';
import { buildEnvironment, substituteVariables } from '../../../shared/render/build-environment.ts';

describe('variables in a source', () => {
  const environment = { A: 'one', B_2: 'two', AB: 'three', EMPTY: '' };

  it.each([
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x${A}y$B_2-z', 'xoney' + 'two-z'],
    ['$AB', 'three'],
    ['${A}B', 'oneB'],
    ['$$A', '$A'],
    ['$$$A', '$one'],
    ['$UNKNOWN.', '.'],
    ['${UNKNOWN}', ''],
    ['${}', ''],
    ['${A', 'A'],
    ['costs 5$', 'costs 5$'],
    ['a$ b', 'a$ b'],
    ['$1x', 'x'],
    ['$constructor ${__proto__}', ' '],
    ['no variable', 'no variable'],
  ])('%s becomes %s', (text, wanted) => {
    expect(substituteVariables(text, environment)).toBe(wanted);
  });

  it("are Argo CD's build environment, without credentials of the repository", () => {
    const application = {
      name: 'web',
      project: 'shop',
      labels: {},
      annotations: {},
      finalizers: [],
      destination: { name: 'x', namespace: 'ns' },
      sources: [],
      syncPolicy: { syncOptions: [], retry: { limit: 0, backoffMs: 1, factor: 1, maxBackoffMs: 1 } },
    };
    const source = { repoURL: 'https://user:pass@git.example/r', targetRevision: 'main', path: 'app' };
    const revision = '0123456789abcdef0123456789abcdef01234567';
    expect(
      buildEnvironment(application, { source, revision }, { kubeVersion: 'v1.36.3', apiVersions: ['v1', 'apps/v1'] }),
    ).toEqual({
      ARGOCD_APP_NAME: 'web',
      ARGOCD_APP_NAMESPACE: 'ns',
      ARGOCD_APP_PROJECT_NAME: 'shop',
      ARGOCD_APP_REVISION: revision,
      ARGOCD_APP_REVISION_SHORT: '0123456',
      ARGOCD_APP_REVISION_SHORT_8: '01234567',
      ARGOCD_APP_SOURCE_PATH: 'app',
      ARGOCD_APP_SOURCE_REPO_URL: 'https://git.example/r',
      ARGOCD_APP_SOURCE_TARGET_REVISION: 'main',
      KUBE_VERSION: '1.36.3',
      KUBE_API_VERSIONS: 'v1,apps/v1',
    });
  });
});
