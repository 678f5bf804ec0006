import type { Project } from '../model/project.ts';

/** The project of applications that name none; as in Argo CD it allows everything, unless one of that name is declared. */
export const defaultProject: Project = {
  name: 'default',
  description: 'built in; allows everything',
  sourceRepos: ['*'],
  destinations: [
    { server: '*', namespace: '*' },
    { name: '*', namespace: '*' },
  ],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  clusterResourceBlacklist: [],
  namespaceResourceBlacklist: [],
};
