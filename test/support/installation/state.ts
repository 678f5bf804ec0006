import { S3 } from '@aws-sdk/client-s3';
import type { Head } from '../../../shared/model/head.ts';
import type { ObjectStore } from '../../../shared/ports.ts';
import { loadHead } from '../../../shared/state/heads.ts';
import type { Emulator } from '../aws/start-emulator.ts';

/** The bucket of an installation, as its owner sees it. */
export type State = {
  readonly bucket: string;
  head(application: string): Promise<Head | undefined>;
  /** Keys below a prefix, in order. */
  keys(prefix: string): Promise<readonly string[]>;
  text(key: string): Promise<string | undefined>;
  close(): void;
};

/** Opens the bucket; nothing is written. */
export function openState(emulator: Emulator, bucket: string): State {
  const { region, credentials, environment, endpoint } = emulator;
  const s3 = new S3({
    region,
    credentials,
    endpoint: environment['AWS_ENDPOINT_URL_S3'] ?? endpoint,
    forcePathStyle: true,
  });
  const get: ObjectStore['get'] = async (Key) => {
    try {
      const { Body, ETag = '' } = await s3.getObject({ Bucket: bucket, Key });
      return { body: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag };
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  };
  return {
    bucket,
    head: async (application) => (await loadHead({ get } as ObjectStore, application))?.head,
    keys: async (prefix) => {
      const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket, Prefix: prefix });
      return Contents.map(({ Key = '' }) => Key);
    },
    text: async (key) => {
      const stored = await get(key);
      return stored && Buffer.from(stored.body).toString();
    },
    close: () => s3.destroy(),
  };
}
