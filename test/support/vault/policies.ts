export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'deny' | 'sudo';

export type Policy = readonly { readonly path: string; readonly capabilities: readonly Capability[] }[];

/** What every token may, as in Vault. */
export const defaultPolicy: Policy = [
  { path: 'auth/token/lookup-self', capabilities: ['read'] },
  { path: 'auth/token/renew-self', capabilities: ['update'] },
  { path: 'auth/token/revoke-self', capabilities: ['update'] },
];

/** The rules of a policy in HCL, as far as tests write it. */
export function parsePolicy(text: string): Policy {
  return [...text.matchAll(/path\s+"([^"]+)"\s*\{([^}]*)\}/g)].map(([, path = '', body = '']) => ({
    path,
    capabilities: [...body.matchAll(/"([a-z]+)"/g)].map(([, name]) => name as Capability),
  }));
}

/** True when policies allow something, by Vault's rules: the most exact path counts, and a denial wins. */
export function allows(policies: readonly Policy[], path: string, capability: Capability): boolean {
  const rules = policies.flat().filter((rule) => fits(rule.path, path));
  const best = rules.reduce((longest, rule) => Math.max(longest, weight(rule.path)), -1);
  const capabilities = rules.filter((rule) => weight(rule.path) === best).flatMap((rule) => rule.capabilities);
  return capabilities.includes(capability) && !capabilities.includes('deny');
}

function weight(path: string): number {
  return path.endsWith('*') ? path.length - 1 : path.length + 1000;
}

function fits(pattern: string, path: string): boolean {
  const parts = pattern
    .replace(/\*$/, '')
    .split('+')
    .map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('[^/]+')}${pattern.endsWith('*') ? '' : '$'}`).test(path);
}
