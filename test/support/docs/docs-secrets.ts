import { chmod } from 'node:fs/promises';
import { deployment } from '../manifests.ts';
import { fakeStore } from '../secrets/manifests.ts';
import type { DocsBed } from './docs-bed.ts';

/** The shop has an ExternalSecret that its Deployment reads, and was synced; there is a sealing key, and what people seal and bring. */
export async function bringSecrets(bed: DocsBed): Promise<void> {
  const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }];
  const containers = [{ name: 'main', image: 'registry.example.com/app:1', env }];
  const resources = ['prompts.yaml', 'web.yaml', 'secrets.yaml'];
  await bed.git.commit('shop', {
    files: {
      'base/kustomization.yaml': JSON.stringify({ resources }),
      'base/secrets.yaml': `${fakeStore('secrets', { db: '{"password":"of-the-documentation"}' })}\n---\n${externalSecret}`,
      'base/web.yaml': deployment('web', {
        template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
      }),
    },
  });
  await bed.write('plumbline-secrets.yaml', config);
  await bed.write('secret.yaml', secret);
  await bed.write('password', 'of-the-documentation');
  await bed.write('event.json', event);
  await type(bed, 'plumb secrets new-key --secrets-config plumbline-secrets.yaml');
  await type(bed, 'plumb secrets new-key --to elsewhere && cat elsewhere/* > backup.yaml');
  await chmod(`${bed.folder}/backup.yaml`, 0o600);
  await type(bed, 'plumb sync shop -f apps/ --secrets-config plumbline-secrets.yaml');
}

async function type(bed: DocsBed, line: string): Promise<void> {
  const { exitCode, err } = await bed.run(line);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${err}`);
}

const config = `allow:
  - fake: true
sealedSecrets:
  keys:
    - folder: sealing-keys
`;

const externalSecret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
spec:
  refreshInterval: 1h
  secretStoreRef:
    name: secrets
  data:
    - secretKey: password
      remoteRef:
        key: db
        property: password
`;

const secret = `apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
stringData:
  password: of-the-documentation
`;

const event = JSON.stringify({
  source: 'aws.secretsmanager',
  'detail-type': 'Secret Label Updated',
  region: 'eu-central-1',
  resources: [],
  detail: { name: 'shop/db', labelUpdated: 'AWSCURRENT' },
});
