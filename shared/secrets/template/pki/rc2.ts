/** The table of RFC 2268, made of digits of pi. */
const table = Buffer.from(
  '2Xj5xBndte0o6f15SqDYncZ+N4MrdlOOYkxkiESL+6IXmln1h7NPE2FFbY0JgX0yvY9A64a3ewvwlSEiXGtOglTWZZPOYLIcc1bAFKeM8dwSdcofO77k0UI91DCjPLYmb78O2kZpB1cn8h2bvJRDA/gRx/aQ7z7nBsPVL8hmHtcI6OregFLu94Sqcqw1TWoqlhrScVoVSXRLn9BeBBik7MLgQW4PUcvMJJGvUKH0cDmZfDqFI7i0evwCNlslVZcxLV36mOOKkq4F3ykQZ2y6ydMA5s/hnqgsYxYBP1jiiakNODQbqzP/sLtIDF+5sc0uxfPbR+WlnHcKpiBo/n/BrQ==',
  'base64',
);

const rotations = [1, 2, 3, 5] as const;
const blockBytes = 8;

/** Decrypts RC2 in CBC mode, which Node has no more, with all bits of the key; the padding stays. */
export function decryptRc2(ciphertext: Buffer, key: Buffer, iv: Buffer): Buffer {
  if (ciphertext.length % blockBytes !== 0) throw new RangeError('not whole blocks');
  const words = expand(key);
  const plain = Buffer.alloc(ciphertext.length);
  for (let at = 0; at < ciphertext.length; at += blockBytes) {
    const block = decryptBlock(ciphertext.subarray(at, at + blockBytes), words);
    const before = at === 0 ? iv : ciphertext.subarray(at - blockBytes, at);
    for (let index = 0; index < blockBytes; index += 1) plain[at + index] = (block[index] ?? 0) ^ (before[index] ?? 0);
  }
  return plain;
}

function expand(key: Buffer): Uint16Array {
  const size = key.length;
  const bytes = Buffer.alloc(128);
  key.copy(bytes);
  const at = (index: number): number => bytes[index] ?? 0;
  for (let index = size; index < 128; index += 1) bytes[index] = table[(at(index - 1) + at(index - size)) & 0xff] ?? 0;
  bytes[128 - size] = table[at(128 - size)] ?? 0;
  for (let index = 127 - size; index >= 0; index -= 1) bytes[index] = table[at(index + 1) ^ at(index + size)] ?? 0;
  return Uint16Array.from({ length: 64 }, (_, index) => bytes.readUInt16LE(2 * index));
}

function decryptBlock(block: Buffer, words: Uint16Array): Buffer {
  const state = Uint16Array.from({ length: 4 }, (_, index) => block.readUInt16LE(2 * index));
  const word = (index: number): number => state[index & 3] ?? 0;
  let next = 63;
  const mix = (): void => {
    for (let index = 3; index >= 0; index -= 1) {
      const bits = rotations[index] ?? 0;
      const turned = (word(index) >>> bits) | (word(index) << (16 - bits));
      const [one, two, three] = [word(index - 1), word(index - 2), word(index - 3)];
      state[index] = turned - (words[next] ?? 0) - (one & two) - (~one & three);
      next -= 1;
    }
  };
  const mash = (): void => {
    for (let index = 3; index >= 0; index -= 1) state[index] = word(index) - (words[word(index - 1) & 63] ?? 0);
  };
  for (let round = 0; round < 16; round += 1) {
    if (round === 5 || round === 11) mash();
    mix();
  }
  const plain = Buffer.alloc(blockBytes);
  state.forEach((value, index) => {
    plain.writeUInt16LE(value, 2 * index);
  });
  return plain;
}
