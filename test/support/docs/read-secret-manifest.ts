import { type Manifest, withMetadata } from '../../../shared/model/manifest.ts';
import { secretRole } from '../../../shared/plan/secrets/secret-kinds.ts';
import { parseClusterExternalSecret } from '../../../shared/secrets/external/parse-cluster-external-secret.ts';
import { parseExternalSecret } from '../../../shared/secrets/external/parse-external-secret.ts';
import { parseGenerator } from '../../../shared/secrets/generators/parse-generator.ts';
import { parseSealedSecret } from '../../../shared/secrets/sealed/parse-sealed-secret.ts';
import { isSopsManifest } from '../../../shared/secrets/sops/is-sops-manifest.ts';
import { readMetadata } from '../../../shared/secrets/sops/sops-metadata.ts';
import { parseStore } from '../../../shared/secrets/stores/parse-store.ts';
import { checkTemplate } from '../../../shared/secrets/template/inspect-template.ts';

/** True for what stands for a secret, or says where secrets are. */
export function isSecretManifest(manifest: Manifest): boolean {
  return secretRole(manifest) !== undefined || isSopsManifest(manifest);
}

/** Reads what the documentation shows as a sync would, up to where a store or a key is asked; throws where that cannot be done. */
export function readSecretManifest(manifest: Manifest): void {
  const isClusterWide = manifest.kind.startsWith('Cluster');
  const placed = isClusterWide ? manifest : withMetadata(manifest, { namespace: 'shop' });
  const role = secretRole(manifest)?.role;
  if (role === 'external-secret') readExternalSecret(placed);
  else if (role === 'cluster-external-secret') parseClusterExternalSecret(placed);
  else if (role === 'store') parseStore(placed);
  else if (role === 'generator') parseGenerator(placed);
  else if (role === 'sealed-secret') readSealedSecret(placed);
  else readMetadata(manifest['sops'], manifest.metadata.name);
}

function readExternalSecret(manifest: Manifest): void {
  const { template } = parseExternalSecret(manifest).target;
  for (const [key, text] of Object.entries(template?.data ?? {})) checkTemplate(key, text, 'external-secrets');
}

function readSealedSecret(manifest: Manifest): void {
  for (const [key, text] of parseSealedSecret(manifest).template.data) checkTemplate(key, text, 'sealed-secrets');
}
