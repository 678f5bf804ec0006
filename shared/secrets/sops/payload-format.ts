/** How an encrypted file is written. */
export type PayloadFormat = 'yaml' | 'json' | 'dotenv' | 'ini' | 'binary';

const marks: readonly (readonly [PayloadFormat, RegExp])[] = [
  ['json', /^\s*\{[\s\S]*"mac":\s*"ENC\[AES256_GCM,data:/],
  ['dotenv', /^sops_mac=ENC\[AES256_GCM,data:/m],
  ['ini', /^\[sops\][\s\S]*^mac\s*=\s*ENC\[AES256_GCM,data:/m],
  ['yaml', /^sops:[\s\S]*^\s+mac: ["']?ENC\[AES256_GCM,data:/m],
];

/** How a file of that name is written; undefined: SOPS has not encrypted it. A JSON file under another name may hold any bytes. */
export function formatOfPayload(text: string, name: string): PayloadFormat | undefined {
  const format = text.includes('ENC[AES256_GCM,data:') ? marks.find(([, mark]) => mark.test(text))?.[0] : undefined;
  return format === 'json' && !name.endsWith('.json') && isEnvelope(text) ? 'binary' : format;
}

/** True for what sops makes of a file that it does not understand: one member, `data`, beside its own block. */
function isEnvelope(text: string): boolean {
  try {
    return (
      Object.keys(JSON.parse(text) as object)
        .sort()
        .join() === 'data,sops'
    );
  } catch {
    return false;
  }
}
