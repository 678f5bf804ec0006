import type { SQSRecord } from 'aws-lambda';

type Given = Partial<Pick<SQSRecord, 'messageId' | 'body'>> & { readonly group?: string; readonly receives?: number };

/** A message as Lambda hands it to a function. */
export function recordOf({ messageId = 'm1', body = '{}', group, receives = 1 }: Given = {}): SQSRecord {
  return {
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: `${receives}`,
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:sync.fifo',
    awsRegion: 'eu-central-1',
  };
}
