import { X509Certificate } from 'node:crypto';
import { TemplateFailure } from '../go/failure.ts';
import { type DerElement, readElement, readElements } from './read-der.ts';

/** Alternative names in the order that Go lists them. */
export type AlternativeNames = {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
};

/** What templates need to know of an X.509 certificate. Key ids are hexadecimal; undefined where there is none. */
export type Certificate = {
  readonly bytes: Buffer;
  readonly subject: Buffer;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  readonly names: AlternativeNames;
};

const noNames: AlternativeNames = { dns: [], ips: [], emails: [], uris: [] };

const extensionIds = { subjectKeyId: '551d0e', authorityKeyId: '551d23', names: '551d11' };

/** Reads a certificate of DER. */
export function readCertificate(bytes: Buffer): Certificate {
  try {
    // Node's parser decides whether these are a certificate; it does not show key ids.
    const { raw } = new X509Certificate(bytes);
    return readParts(raw);
  } catch {
    throw new TemplateFailure('it is given bytes that are no X.509 certificate');
  }
}

function readParts(bytes: Buffer): Certificate {
  const [signed] = readElements(readElement(bytes).body);
  const fields = signed === undefined ? [] : readElements(signed.body);
  const hasVersion = fields[0]?.tag === 0xa0;
  const subject = fields[hasVersion ? 5 : 4]?.whole ?? Buffer.alloc(0);
  const extensions = readExtensions(fields.find(({ tag }) => tag === 0xa3));
  const names = extensions.get(extensionIds.names);
  return {
    bytes,
    subject,
    subjectKeyId: readSubjectKeyId(extensions.get(extensionIds.subjectKeyId)),
    authorityKeyId: readAuthorityKeyId(extensions.get(extensionIds.authorityKeyId)),
    names: names === undefined ? noNames : readNames(names),
  };
}

/** Extensions by the hexadecimal digits of their ids. */
function readExtensions(field: DerElement | undefined): ReadonlyMap<string, Buffer> {
  if (field === undefined) return new Map();
  const extensions = readElements(readElement(field.body).body).map(({ body }) => {
    const parts = readElements(body);
    return [parts[0]?.body.toString('hex') ?? '', parts.at(-1)?.body ?? Buffer.alloc(0)] as const;
  });
  return new Map(extensions);
}

function readSubjectKeyId(extension: Buffer | undefined): string | undefined {
  return extension === undefined ? undefined : readElement(extension).body.toString('hex');
}

function readAuthorityKeyId(extension: Buffer | undefined): string | undefined {
  if (extension === undefined) return undefined;
  return readElements(readElement(extension).body)
    .find(({ tag }) => tag === 0x80)
    ?.body.toString('hex');
}

function readNames(extension: Buffer): AlternativeNames {
  const names = readElements(readElement(extension).body);
  const texts = (wanted: number): readonly string[] =>
    names.filter(({ tag }) => tag === wanted).map(({ body }) => body.toString('latin1'));
  return {
    dns: texts(0x82),
    ips: names.filter(({ tag }) => tag === 0x87).map(({ body }) => formatIp(body)),
    emails: texts(0x81),
    uris: texts(0x86),
  };
}

/** An address as Go writes it: IPv6 in lower case, its longest run of zeros left out. */
function formatIp(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  const mapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  if (mapped) return [...bytes.subarray(12)].join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const zeros = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].map(({ 0: text, index }) => ({ text, index }));
  const longest = zeros.reduce((best, run) => (run.text.length > best.text.length ? run : best), {
    text: '',
    index: 0,
  });
  if (longest.text === '') return groups.join(':');
  const text = groups.join(':');
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest.text.length).replace(/^:/, '')}`;
}
