import { createHash, createHmac, scryptSync } from 'node:crypto';
import { encodeBase64, hashSync } from 'bcryptjs';
import type { Environment } from '../evaluate/environment.ts';
import { type FunctionTable, fixed, variadic } from '../evaluate/go-function.ts';
import { TemplateFailure } from '../go/failure.ts';
import { decodeText, isUtf8, toBytes } from '../go/utf8.ts';

const cost = 10;
const steps = { bcrypt: 50_000, derive: 100_000 };

/** Sprig's functions for passwords. */
export const passwordFunctions: FunctionTable = {
  bcrypt: fixed(['string'], ([text], environment) => hashPassword(text, environment)),
  htpasswd: fixed(['string', 'string'], ([name, password], environment) => toHtpasswd({ name, password }, environment)),
  derivePassword: fixed(['uint32', 'string', 'string', 'string', 'string'], (values, { budget }) => {
    budget.spend(steps.derive);
    const [counter, kind, password, user, site] = values;
    return derivePassword({ counter, kind, password, user, site });
  }),
};

/** External Secrets lets a third argument choose the algorithm. */
export const externalPasswordFunctions: FunctionTable = {
  htpasswd: variadic({ parameters: ['string', 'string'], rest: 'constant' }, ([name, password], more, environment) => {
    const [algorithm] = more;
    if (more.length > 1) throw new TemplateFailure('wants at most 3 arguments');
    return toHtpasswd(algorithm === undefined ? { name, password } : { name, password, algorithm }, environment);
  }),
};

type Login = { readonly name: string; readonly password: string; readonly algorithm?: string };

function toHtpasswd({ name, password, algorithm }: Login, environment: Environment): string {
  if (name.includes(':')) return `invalid username: ${name}`;
  if (algorithm === 'sha') return `${name}:{SHA}${createHash('sha1').update(toBytes(password)).digest('base64')}`;
  return `${name}:${hashPassword(password, environment)}`;
}

function hashPassword(text: string, { budget, randomBytes }: Environment): string {
  if (text.length > 72) return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
  if (!isUtf8(text)) throw new TemplateFailure('a password that is no UTF-8 text is not supported');
  budget.spend(steps.bcrypt);
  const salt = encodeBase64(Buffer.from(randomBytes(16)), 16);
  return hashSync(decodeText(text), `$2a$${cost}$${salt}`);
}

type Derivation = {
  readonly counter: number;
  readonly kind: string;
  readonly password: string;
  readonly user: string;
  readonly site: string;
};

const scope = 'com.lyndir.masterpassword';

const templates: { readonly [kind: string]: string } = {
  maximum: 'anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno',
  long:
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv ' +
    'CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv ' +
    'CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno',
  medium: 'CvcnoCvc CvcCvcno',
  short: 'Cvcn',
  basic: 'aaanaaan aannaaan aaannaaa',
  pin: 'nnnn',
};

const vowels = 'AEIOU';
const consonants = 'BCDFGHJKLMNPQRSTVWXYZ';
const letters = vowels + vowels.toLowerCase() + consonants + consonants.toLowerCase();
const digits = '0123456789';

const characters: { readonly [symbol: string]: string } = {
  V: vowels,
  C: consonants,
  v: vowels.toLowerCase(),
  c: consonants.toLowerCase(),
  A: vowels + consonants,
  a: letters,
  n: digits,
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${letters}${digits}!@#$%^&*()`,
};

/** The Master Password algorithm. */
function derivePassword({ counter, kind, password, user, site }: Derivation): string {
  const shapes = Object.hasOwn(templates, kind) ? templates[kind]?.split(' ') : undefined;
  if (shapes === undefined) return `cannot find password template ${kind}`;
  const salt = Buffer.concat([Buffer.from(scope), toUint32(user.length), toBytes(user)]);
  const key = scryptSync(toBytes(password), salt, 64, { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const message = Buffer.concat([Buffer.from(scope), toUint32(site.length), toBytes(site), toUint32(counter)]);
  const seed = createHmac('sha256', key).update(message).digest();
  const shape = shapes[seed.readUInt8(0) % shapes.length] ?? '';
  return [...shape].map((symbol, index) => pick(characters[symbol] ?? '', seed.readUInt8(index + 1))).join('');
}

function pick(alphabet: string, byte: number): string {
  return alphabet.charAt(byte % alphabet.length);
}

function toUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
