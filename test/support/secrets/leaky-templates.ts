import { functionsOf } from '../../../shared/secrets/template/library/function-table.ts';
import { renderBytes } from './render-text.ts';

/** A template of random calls, and the values that must not be seen when it fails. */
export type Leaky = { readonly text: string; readonly markers: readonly string[]; readonly fail: () => unknown };

/** Work that takes long without seeing a value. */
const slow = /^(?:gen|bcrypt|htpasswd|derivePassword|buildCustomCert)|[pP]kcs12|PKCS12/;
const names = Object.keys(functionsOf('external-secrets')).filter((name) => !slow.test(name));
const markers = ['mkA7f3Qx9', 'mkB2k8Zw4', '83920174651'];
const values = {
  a: `${markers[0]} and {"json":`,
  b: `http://${markers[1]}:x%zz@`,
  n: markers[2] ?? '',
};
const operands = ['.a', '.b', '.n', '$', '.', '1', '-3', '2.5', '"x"', 'nil', 'true', '(list .a .n)', '(dict .a .b)'];

/** The template that some numbers stand for. */
export function templateOf(seeds: readonly number[]): Leaky {
  const reader = { at: 0 };
  const next = (): number => seeds[reader.at++ % seeds.length] ?? 0;
  const calls = Array.from({ length: 1 + (next() % 3) }, () => callOf(next));
  const text = `line\n{{ ${calls.join(' | ')} }}`;
  return { text, markers, fail: () => failureOf(text) };
}

function callOf(next: () => number): string {
  const name = names[(next() * 7919) % names.length] ?? 'print';
  const count = next() % 5;
  const given = Array.from({ length: count }, () => operands[next() % operands.length] ?? '.a');
  return [name, ...given].join(' ');
}

/** What is thrown; undefined when nothing is. */
function failureOf(text: string): unknown {
  try {
    renderBytes(text, values);
    return undefined;
  } catch (error) {
    return error;
  }
}
