import { createHash } from 'node:crypto';

/**
 * All keys of the store. Names become one path segment each: nothing that a manifest says can leave its prefix,
 * start with a dot, or meet another name's key, not even where upper and lower case are one.
 */
export const keys: {
  readonly heads: string;
  readonly registry: string;
  head(application: string): string;
  readonly snapshots: string;
  readonly renders: string;
  readonly rendered: string;
  snapshot(application: string, name: string): string;
  snapshotsOf(application: string): string;
  render(project: string, digest: string): string;
  renderNote(project: string, inputKey: string): string;
  declaredApplication(project: string, application: string): string;
  declaredProject(project: string): string;
  readonly allSecretStores: string;
  secretStores(application: string): string;
  readonly restores: string;
  restore(cluster: string): string;
  restoreReport(cluster: string, id: string): string;
  restoreRefusal(cluster: string, id: string): string;
  readonly garbage: string;
  /** Below it are the copies of an object that is on its way out. */
  garbageOf(key: string): string;
  garbageCopy(key: string, time: string): string;
  /** The head of the application whose snapshot has that key. */
  headBeside(snapshotKey: string): string;
  /** The render of that digest, in the project of a note. */
  renderBeside(noteKey: string, digest: string): string;
  /** What a render's key says of it. */
  digestIn(renderKey: string): string;
  readonly declared: string;
  readonly wanted: string;
  wantedOf(project: string, application: string): string;
  readonly allRefs: string;
  refs(of: string): string;
  readonly clusters: string;
  registeredCluster(cluster: string): string;
  clusterFacts(cluster: string): string;
  announced(application: string): string;
  readonly outbox: string;
  /** Later ones sort later. */
  outboxEntry(time: string, id: string): string;
  readonly installation: string;
  readonly operatorSecrets: string;
  readonly markKey: string;
} = {
  heads: 'heads/',
  registry: 'registry/',
  snapshots: 'snapshots/',
  renders: 'renders/',
  rendered: 'rendered/',
  head: (application) => `heads/${segment(application)}.json`,
  render: (project, digest) => `renders/${segment(project)}/${segment(digest)}.json.gz`,
  snapshot: (application, name) => `snapshots/${segment(application)}/${segment(name)}.json.gz`,
  snapshotsOf: (application) => `snapshots/${segment(application)}/`,
  renderNote: (project, inputKey) => `rendered/${segment(project)}/${segment(inputKey)}.json`,
  declaredApplication: (project, application) => `registry/${segment(project)}/${segment(application)}.json`,
  // No application can be named so: an underscore is not allowed in its name, and is encoded in a segment.
  declaredProject: (project) => `registry/${segment(project)}/_project.json`,
  allSecretStores: 'secret-stores/',
  secretStores: (application) => `secret-stores/${segment(application)}.json`,
  restores: 'restores/',
  restore: (cluster) => `restores/${segment(cluster)}.json`,
  restoreReport: (cluster, id) => `restored/${segment(cluster)}/${segment(id)}.json.gz`,
  restoreRefusal: (cluster, id) => `restored/${segment(cluster)}/${segment(id)}.refused.json`,
  garbage: 'garbage/',
  garbageOf: (key) => `garbage/${withoutEnding(key)}/`,
  garbageCopy: (key, time) => `garbage/${withoutEnding(key)}/${segment(time)}.json.gz`,
  headBeside: (snapshotKey) => `heads/${snapshotKey.split('/')[1]}.json`,
  renderBeside: (noteKey, digest) => `renders/${noteKey.split('/')[1]}/${segment(digest)}.json.gz`,
  digestIn: (renderKey) => withoutEnding(renderKey.slice(renderKey.lastIndexOf('/') + 1)),
  declared: 'declared.json.gz',
  wanted: 'wanted/',
  wantedOf: (project, application) => `wanted/${segment(project)}/${segment(application)}.json`,
  allRefs: 'refs/',
  refs: (of) => `refs/${sha256(of).slice(0, 40)}.json`,
  clusters: 'clusters/',
  registeredCluster: (cluster) => `clusters/${segment(cluster)}/registered.json`,
  clusterFacts: (cluster) => `clusters/${segment(cluster)}/facts.json`,
  announced: (application) => `announced/${segment(application)}.json`,
  outbox: 'outbox/',
  outboxEntry: (time, id) => `outbox/${segment(time)}-${segment(id)}.json`,
  installation: 'installation.json',
  operatorSecrets: 'operator/secrets-config.json',
  markKey: 'operator/mark-key.json',
};

function withoutEnding(key: string): string {
  return key.replace(/\.json\.gz$/, '');
}

const longestSegment = 180;

/** Lower-case letters, digits, `-` and inner dots stay; every other byte becomes `%hh`; long names end in their hash. */
function segment(name: string): string {
  const bytes = [...new TextEncoder().encode(name)];
  const encoded = bytes.map((byte, index) => (isPlain(byte, index) ? String.fromCharCode(byte) : hex(byte))).join('');
  if (encoded === '') return '%';
  return encoded.length <= longestSegment ? encoded : `${encoded.slice(0, 120)}~${sha256(name).slice(0, 40)}`;
}

function isPlain(byte: number, index: number): boolean {
  const character = String.fromCharCode(byte);
  return /[a-z0-9-]/.test(character) || (character === '.' && index > 0);
}

function hex(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
