import { describe, expect, it } from '@jest/globals';
import { type AllSettings, readSettings } from '../../../functions/settings.ts';
import { PlumbError } from '../../../shared/errors.ts';

const url = 'https://sqs.eu-central-1.amazonaws.com/123456789012/queue.fifo';
const common = { PLUMB_BUCKET: 'the-bucket', PLUMB_INSTALLATION: 'prod' };
const queues = JSON.stringify({ public: url, private: url });
const control = { ...common, PLUMB_CONTROL: 'https://git/control.git#main', PLUMB_RENDER_QUEUE: url };

/** What each kind of function needs, and nothing else. */
const needed: { readonly [Of in keyof AllSettings]: { readonly [name: string]: string } } = {
  webhook: { PLUMB_RENDER_QUEUE: url, PLUMB_WEBHOOK_SECRET: 'arn:secret' },
  schedule: control,
  render: { ...control, PLUMB_SYNC_QUEUES: queues, PLUMB_DEAD_LETTERS: url },
  sync: { ...common, PLUMB_ZONE: 'private' },
  relay: {
    ...common,
    PLUMB_SETTINGS: '/plumbline/prod',
    PLUMB_RENDER_QUEUE: url,
    PLUMB_SYNC_QUEUES: queues,
    PLUMB_RESTORE_QUEUES: queues,
    PLUMB_EVENT_BUS: 'plumbline',
    PLUMB_DEAD_LETTERS: url,
    PLUMB_OUTBOX_QUEUE: url,
  },
};
const kinds = Object.keys(needed) as readonly (keyof AllSettings)[];

function refusal(of: keyof AllSettings, environment: NodeJS.ProcessEnv): PlumbError {
  try {
    readSettings(of, environment);
  } catch (error) {
    return error as PlumbError;
  }
  throw new Error('they were read');
}

describe('The environment of a function', () => {
  it.each(kinds)('of the kind %s is read where it has what is needed, whatever else is there', (of) => {
    expect(readSettings(of, { ...needed[of], PATH: '/bin', AWS_REGION: 'eu-central-1' })).toMatchObject(
      of === 'webhook' || of === 'sync' ? needed[of] : { PLUMB_BUCKET: 'the-bucket' },
    );
  });

  it('gives queues and credentials as data', () => {
    const credentials = [{ urlPrefix: 'https://git/', secret: 'arn:secret' }];
    const environment = { ...needed.render, PLUMB_GIT_CREDENTIALS: JSON.stringify(credentials) };
    const settings = readSettings('render', environment);
    expect(settings.PLUMB_SYNC_QUEUES).toEqual({ public: url, private: url });
    expect(settings.PLUMB_GIT_CREDENTIALS).toEqual(credentials);
    expect(settings.PLUMB_CACHE).toBe('/tmp/plumb');
  });

  it('has no queues in a network that reaches none', () => {
    expect(readSettings('sync', needed.sync)).toEqual(needed.sync);
  });

  it.each(kinds.flatMap((of) => Object.keys(needed[of]).map((name) => [of, name] as const)))(
    'of the kind %s without %s is refused, and says which is missing',
    (of, name) => {
      const { [name]: _left, ...rest } = needed[of];
      expect(refusal(of, rest)).toMatchObject({ code: 'usage', message: expect.stringContaining(`${name}: `) });
    },
  );

  it('names all that is missing at once', () => {
    const { message } = refusal('relay', {});
    for (const name of Object.keys(needed.relay)) expect(message).toContain(`${name}: `);
  });

  const marker = 's3cr3t';
  it.each(kinds.flatMap((of) => Object.keys(needed[of]).map((name) => [of, name] as const)))(
    'of the kind %s with something wrong in %s is refused without a word of any value',
    (of, name) => {
      const environment = { ...needed[of], [name]: '', PLUMB_GIT_CREDENTIALS: marker, PLUMB_SYNC_QUEUE: marker };
      const said = (): string => JSON.stringify(readSettings(of, environment));
      try {
        said();
      } catch (error) {
        const { message, hint = '' } = error as PlumbError;
        expect(`${message} ${hint}`).not.toContain(marker);
        expect(message).not.toContain(url);
      }
    },
  );

  it.each(['{', '[]', '{"public":"not an address"}', '{"public":7}', 'null'])(
    'with %s for queues is refused',
    (text) => {
      const error = refusal('relay', { ...needed.relay, PLUMB_SYNC_QUEUES: text });
      expect(error).toBeInstanceOf(PlumbError);
      expect(error.message).toContain('PLUMB_SYNC_QUEUES');
    },
  );
});
