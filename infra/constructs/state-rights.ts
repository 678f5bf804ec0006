import { Aws } from 'aws-cdk-lib';
import type { Right } from './allow.ts';

/** What a zone, or a person, may do with the keys of the state; a `*` ends a prefix. */
export type StateRights = {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly remove: readonly string[];
};

const rendered = ['declared.json.gz', 'wanted/*', 'refs/*', 'renders/*', 'rendered/*'];
const synced = [
  'heads/*',
  'snapshots/*',
  'registry/*',
  'restores/*',
  'restored/*',
  'secret-stores/*',
  'announced/*',
  'outbox/*',
  'clusters/*/facts.json',
  'renders/*',
  'rendered/*',
  'garbage/*',
];

/** Who may do what with the state, by zone. The edge has no right to it at all. */
export const stateRights: {
  readonly [who in 'render' | 'sync' | 'control' | 'person']: StateRights;
} = {
  render: {
    read: [...rendered, 'registry/*', 'heads/*', 'clusters/*', 'installation.json', 'garbage/*'],
    write: rendered,
    // Of applications that are declared no more.
    remove: ['wanted/*'],
  },
  sync: {
    read: [...synced, 'declared.json.gz', 'wanted/*', 'refs/*', 'clusters/*', 'operator/*', 'installation.json'],
    write: synced,
    remove: synced,
  },
  control: {
    read: [
      'installation.json',
      'operator/secrets-config.json',
      'outbox/*',
      'heads/*',
      'clusters/*',
      'declared.json.gz',
      'registry/*',
    ],
    // It makes the key that secrets are marked with, and cannot read it.
    write: [
      'installation.json',
      'clusters/*/registered.json',
      'operator/secrets-config.json',
      'operator/mark-key.json',
    ],
    remove: ['outbox/*', 'clusters/*/registered.json', 'operator/secrets-config.json'],
  },
  // All but what only the sync zone may see.
  person: {
    read: [
      ...rendered,
      'heads/*',
      'snapshots/*',
      'registry/*',
      'restores/*',
      'restored/*',
      'announced/*',
      'clusters/*',
      'installation.json',
      'garbage/*',
    ],
    write: [],
    remove: [],
  },
};

/** Where the state is, and what it is encrypted with. */
export type State = { readonly bucketArn: string; readonly keyArn: string };

const why =
  'A prefix of the state that belongs to this zone: each application and cluster has keys of its own below it.';

/** The rights to the state as IAM has to be told of them. */
export function rightsToState({ bucketArn, keyArn }: State, rights: StateRights): readonly Right[] {
  const { read, write } = rights;
  const byActions = Map.groupBy(new Set([...read, ...write, ...rights.remove]), (key) =>
    actionsFor(key, rights).join(),
  );
  const onObjects = [...byActions].map(
    ([actions, keys]): Right => ({
      actions: actions.split(','),
      resources: keys.map((key) => `${bucketArn}/${key}`),
      why,
    }),
  );
  return [
    ...onObjects,
    {
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      // S3 asks for this right, without a prefix, before it says of an object that it is absent; "forbidden" would say nothing.
      conditions: { StringLikeIfExists: { 's3:prefix': [...read] } },
    },
    {
      actions: ['kms:Decrypt', ...(write.length > 0 ? ['kms:GenerateDataKey'] : [])],
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
    },
  ];
}

function actionsFor(key: string, { read, write, remove }: StateRights): readonly string[] {
  return [
    ...(read.includes(key) ? ['s3:GetObject'] : []),
    ...(write.includes(key) ? ['s3:PutObject'] : []),
    ...(remove.includes(key) ? ['s3:DeleteObject'] : []),
  ];
}
