import { describe, expect, it } from '@jest/globals';
import { parseRelayEvent } from '../../../functions/parse-relay-event.ts';
import { recordOf } from './records.ts';

const changed = (more: object = {}): object => ({
  id: 'event-1',
  source: 'aws.secretsmanager',
  'detail-type': 'Secret Label Updated',
  region: 'eu-central-1',
  resources: [],
  detail: { name: 'shop/db' },
  ...more,
});

describe('Whoever passes on is asked', () => {
  it('by a queue for what is in the outbox', () => {
    expect(parseRelayEvent({ Records: [recordOf()] })).toEqual({ is: 'outbox' });
    expect(parseRelayEvent({ Records: [] })).toEqual({ is: 'outbox' });
  });

  it('by an event of a secret for those who read it, under the event’s own id', () => {
    expect(parseRelayEvent(changed())).toEqual({
      is: 'secret',
      event: { service: 'SecretsManager', region: 'eu-central-1', name: 'shop/db' },
      id: 'event-1',
      origin: 'event event-1 of aws.secretsmanager',
    });
  });

  it.each<[string, unknown]>([
    ['the clock', { tick: true }],
    ['a deployment', {}],
    ['an event that changes no value', changed({ source: 'aws.ssm', detail: { name: '/x', operation: 'Delete' } })],
    ['an event of something else', changed({ source: 'aws.s3' })],
    ['nothing', null],
  ])('by %s to register', (_who, event) => {
    expect(parseRelayEvent(event)).toEqual({ is: 'register' });
  });
});
