import { parseWebhookSecrets } from '../shared/webhook/parse-secrets.ts';
import type { WebhookSecrets } from '../shared/webhook/verify.ts';
import { readPrivateFile } from './private-file.ts';

/** Reads a file of lines like `github SECRET`. Others than its owner may not be able to read it. */
export async function readWebhookSecrets(file: string): Promise<WebhookSecrets> {
  return parseWebhookSecrets(await readPrivateFile(file, '--webhook-secrets'), `--webhook-secrets: ${file}`);
}
