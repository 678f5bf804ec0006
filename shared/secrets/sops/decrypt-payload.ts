import { SecretError } from '../../errors.ts';
import { openDataKey } from './data-key.ts';
import { decryptLeaves, isMacRight } from './decrypt-leaves.ts';
import { readDotenvPayload } from './dotenv-payload.ts';
import { ignoreMacAnnotation } from './is-sops-manifest.ts';
import { binaryOf, readJsonPayload } from './json-payload.ts';
import type { ReadPayload } from './payload.ts';
import type { PayloadFormat } from './payload-format.ts';
import type { SopsContext } from './sops-context.ts';
import { readMetadata } from './sops-metadata.ts';
import { readYamlPayload } from './yaml-payload.ts';

/** An encrypted file, and how it is called in errors. */
export type EncryptedFile = {
  readonly object: string;
  readonly format: PayloadFormat;
  readonly text: string;
  readonly ignoreMac: boolean;
};

const maxBytes = 5 * 1024 * 1024;

const readers: { readonly [format in PayloadFormat]?: (text: string) => ReadPayload | undefined } = {
  yaml: readYamlPayload,
  json: readJsonPayload,
  binary: readJsonPayload,
  dotenv: readDotenvPayload,
};

/** The content of an encrypted file, in its own format. */
export async function decryptPayload(file: EncryptedFile, context: SopsContext): Promise<Uint8Array> {
  const { object, format, text, ignoreMac } = file;
  if (text.length > maxBytes) throw invalid(object, 'it is larger than 5 MiB', 'divide it into several files');
  const read = readers[format];
  if (read === undefined)
    throw invalid(object, 'encrypted INI files are not supported', 'encrypt it as YAML, JSON, dotenv or binary');
  const payload = read(text);
  if (payload === undefined)
    throw invalid(object, `it is not the ${format} that sops writes`, 'encrypt it anew with sops');
  const metadata = readMetadata(payload.block, object);
  const dataKey = await openDataKey(metadata, context, object);
  const document = { object, metadata, dataKey };
  const opened = decryptLeaves(payload.leaves, document);
  if (!ignoreMac && !isMacRight([opened], document))
    throw invalid(
      object,
      'its MAC is not right: it was edited after it was encrypted',
      `encrypt it anew with sops, or annotate the Secret with ${ignoreMacAnnotation}: "true"`,
    );
  return format === 'binary' ? binaryOf(opened) : payload.write(opened);
}

function invalid(object: string, problem: string, hint: string): SecretError {
  return new SecretError('secret-invalid', `${object}: ${problem}`, { object, hint });
}
