const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const ipv4Tail = new RegExp(`(?<=:)${octet}(?:\\.${octet}){3}$`);

/** The bytes of an IP address, 4 or 16; undefined when the text is none. */
export function parseIp(text: string): Buffer | undefined {
  return ipv4.test(text) ? Buffer.from(text.split('.').map(Number)) : parseIpv6(text);
}

function parseIpv6(text: string): Buffer | undefined {
  const plain = text.replace(ipv4Tail, toGroups);
  const [head = '', tail, ...more] = plain.split('::');
  if (more.length > 0) return undefined;
  const before = splitGroups(head);
  const after = splitGroups(tail ?? '');
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function splitGroups(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}

/** The last four bytes of an IPv6 address, written as an IPv4 one. */
function toGroups(text: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
