import { PlumbError } from '../shared/errors.ts';

/** Where state is kept. */
export type StorePlace = { readonly type: 'folder'; readonly folder: string } | S3Place;

type S3Place = {
  readonly type: 's3';
  readonly bucket: string;
  /** Without slashes at its ends; empty: the whole bucket. */
  readonly prefix: string;
  /** Absent: as the AWS SDK finds it. */
  readonly region?: string;
};

/** What `--store` means: a URL of S3, or a folder, which `toFolder` makes absolute. */
export function parseStoreOption(
  given: string | undefined,
  toFolder: (path: string | undefined) => string,
): StorePlace {
  if (given !== undefined && /^(s3:|[a-z][a-z0-9+.-]*:\/\/)/i.test(given)) return parseUrl(given);
  return { type: 'folder', folder: toFolder(given) };
}

/** A folder's path, or the URL of a bucket without its region. */
export function formatStorePlace(place: StorePlace): string {
  if (place.type === 'folder') return place.folder;
  return `s3://${place.bucket}${place.prefix === '' ? '' : `/${place.prefix}`}`;
}

function parseUrl(given: string): S3Place {
  if (given.includes('@'))
    throw malformed('…', 'it names a user or a password; credentials are given as to every AWS program');
  const [, bucket, path = '', query] = /^s3:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(given) ?? [];
  if (bucket === undefined) throw malformed(given, 'it is not a URL of the form s3://bucket[/prefix][?region=REGION]');
  if (!isBucket(bucket)) throw malformed(given, `${JSON.stringify(bucket)} cannot be the name of a bucket`);
  const prefix = path.replace(/^\//, '').replace(/\/$/, '');
  if (prefix !== '' && !prefix.split('/').every(isSegment))
    throw malformed(
      given,
      `${JSON.stringify(prefix)} cannot be a prefix: its parts are of letters, digits and !-_.~'()`,
    );
  return { type: 's3', bucket, prefix, ...parseQuery(query, given) };
}

function parseQuery(query: string | undefined, given: string): { readonly region?: string } {
  if (query === undefined) return {};
  const [, region] = /^region=([a-z]{2,}(?:-[a-z]+)+-\d{1,2})$/.exec(query) ?? [];
  if (region !== undefined) return { region };
  throw malformed(
    given,
    `${JSON.stringify(query)} is not understood: only ?region=REGION may follow, such as eu-west-1`,
  );
}

/** As S3 wants them; aliases of access points are such names too. */
function isBucket(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..') && !/^[\d.]+$/.test(name);
}

/** A part that begins with a dot is a hidden file where a bucket is copied to a folder, or no name at all. */
function isSegment(text: string): boolean {
  return /^[A-Za-z0-9!_~'()-][A-Za-z0-9!_.~'()-]*$/.test(text);
}

function malformed(given: string, problem: string): PlumbError {
  return new PlumbError('usage', `--store ${given}: ${problem}`, {
    hint: 'give a folder, or a bucket as s3://bucket, s3://bucket/prefix or s3://bucket?region=eu-west-1; a folder of such a name as ./NAME',
  });
}
