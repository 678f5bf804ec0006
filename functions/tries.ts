import type { SQSRecord } from 'aws-lambda';
import { isJsonObject, type Json, type JsonObject } from '../shared/model/json.ts';

/** How often a message was given to somebody, this time included; where it had to become another message on its way, those times too. */
export function triesOf({ body, attributes }: SQSRecord): number {
  const { tries } = fieldsOf(body);
  return Number(attributes.ApproximateReceiveCount) + (typeof tries === 'number' ? tries : 0);
}

/** The message as it becomes another one, which is counted from the start: it says how often it was tried before. */
export function withTries(record: SQSRecord): SQSRecord {
  const fields = fieldsOf(record.body);
  return 'job' in fields ? { ...record, body: JSON.stringify({ ...fields, tries: triesOf(record) }) } : record;
}

function fieldsOf(body: string): JsonObject {
  try {
    const fields = JSON.parse(body) as Json;
    return isJsonObject(fields) ? fields : {};
  } catch {
    return {};
  }
}
