import { isJsonObject, type Json, jsonAt } from '../../model/json.ts';
import type { HttpResponse } from './send.ts';

export type StatusCause = { readonly reason: string; readonly field: string; readonly message: string };

/** What an API server says about a request that it did not fulfil; empty strings where it says nothing. */
export type ApiStatus = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details: { readonly name: string; readonly kind: string };
  readonly causes: readonly StatusCause[];
  /** False: the answer came from something else, such as a proxy, or has no Status. */
  readonly fromApiServer: boolean;
};

/** Reads the Status object of an answer; any other text becomes the message, cut to 200 characters. */
export function parseStatus({ status, body }: HttpResponse): ApiStatus {
  const value = parseJson(body);
  const fromApiServer = jsonAt(value, 'kind') === 'Status';
  const causes = jsonAt(value, 'details', 'causes');
  return {
    code: status,
    reason: textOf(jsonAt(value, 'reason')),
    message: fromApiServer ? textOf(jsonAt(value, 'message')) : body.trim().slice(0, 200),
    details: { name: textOf(jsonAt(value, 'details', 'name')), kind: textOf(jsonAt(value, 'details', 'kind')) },
    causes: Array.isArray(causes) ? causes.filter(isJsonObject).map(toCause) : [],
    fromApiServer,
  };
}

/** True when a server-side apply failed for what the manifest says: the API server reports that as a bare 500. */
export function isManifestFault({ code, message }: ApiStatus): boolean {
  return code === 500 && /^failed to (create typed|convert)|field not declared in schema/.test(message);
}

/** True when a 404 is about one object; otherwise the kind or the path itself is not served. */
export function isObjectMissing({ code, details }: ApiStatus): boolean {
  return code === 404 && details.name !== '';
}

function toCause(cause: { readonly [key: string]: Json | undefined }): StatusCause {
  return { reason: textOf(cause['reason']), field: textOf(cause['field']), message: textOf(cause['message']) };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
