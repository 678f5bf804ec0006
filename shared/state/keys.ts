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
};

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
