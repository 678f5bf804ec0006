import { randomBytes } from 'node:crypto';

/** Values that exist nowhere else, by what they stand for. */
export class Markers {
  readonly all: { [name: string]: string | Uint8Array } = {};

  /** Letters and digits, with `ending` after them. */
  text(name: string, ending = ''): string {
    const letters = randomBytes(48)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 28);
    return this.add(name, letters + ending);
  }

  /** With everything in it that is escaped somewhere, never many of them on end: a part of it has to be unique too. */
  special(name: string): string {
    const letters = randomBytes(60)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '');
    const escaped = [...'<&">\'/+ é%\\'].map((character, index) => letters.slice(3 * index, 3 * index + 3) + character);
    return this.text(name, escaped.join('') + letters.slice(36, 44));
  }

  /** Bytes that are no text. */
  binary(name: string): Buffer {
    return this.add(name, Buffer.concat([Buffer.from([0xff, 0x00]), randomBytes(40)]));
  }

  /** A whole number that JavaScript keeps exactly. */
  digits(name: string): number {
    return Number(this.add(name, String(10 ** 14 + (randomBytes(6).readUIntBE(0, 6) % (8 * 10 ** 14)))));
  }

  /** Takes a value that others have made. */
  add<Value extends string | Uint8Array>(name: string, value: Value): Value {
    this.all[name] = value;
    return value;
  }

  /** Takes a line from the middle of the private key in a PEM: its frame is no secret, nor is a certificate beside it. */
  pem(name: string, pem: string): void {
    const [, key = ''] = /PRIVATE KEY-----\n([^-]+)-----END/.exec(pem) ?? [];
    const lines = key.trim().split('\n');
    this.add(name, lines[Math.floor(lines.length / 2)] ?? '');
  }
}
