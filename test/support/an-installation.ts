import type { Installation } from '../../shared/model/installation.ts';

/** An installation with all its parts. */
export const anInstallation: Installation = {
  id: 'prod',
  region: 'eu-central-1',
  account: '123456789012',
  control: 'https://git.example/control.git#main',
  renderQueue: 'https://sqs/render.fifo',
  syncQueues: { public: 'https://sqs/sync.fifo' },
  restoreQueues: { public: 'https://sqs/restore.fifo' },
  eventBus: 'plumbline',
  deadLetters: 'https://sqs/dead.fifo',
  webhookUrl: 'https://api/webhook',
  functions: { sync: 'arn:sync' },
};
