/** Kubernetes takes no larger Secret. */
export const maxSecretBytes: number = 1024 * 1024;

/** True for what Kubernetes allows as a key of a Secret. */
export function isSecretKey(key: string): boolean {
  return key.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && key !== '..' && !key.startsWith('..');
}
