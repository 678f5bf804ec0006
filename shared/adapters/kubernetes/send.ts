import type { Dispatcher } from 'undici';

export type HttpRequest = {
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'PATCH' | 'DELETE' | 'POST';
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | null;
  /** For all of it: connecting, sending, and receiving the last byte. */
  readonly timeoutMs: number;
};

export type HttpResponse = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: string;
};

/** The whole time-out of one request has passed. */
export class RequestTimeout extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    this.name = 'RequestTimeout';
  }
}

/** Sends one request, once. Any status is an answer; an error means that there was none. */
export function send(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const chunks: Buffer[] = [];
  let head = { status: 0, headers: {} };
  let control: Dispatcher.DispatchController | undefined;
  let late: RequestTimeout | undefined;
  const timer = setTimeout(() => {
    late = new RequestTimeout(request.timeoutMs);
    control?.abort(late);
    reject(late);
  }, request.timeoutMs);
  const { origin, path, method, headers, body } = request;
  // Only our own timer counts: undici's own are per phase and coarse.
  dispatcher.dispatch(
    { origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart(controller) {
        control = controller;
        if (late !== undefined) controller.abort(late);
      },
      onResponseStart(_controller, status, responseHeaders) {
        head = { status, headers: responseHeaders };
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timer);
        resolve({ ...head, body: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_controller, error) {
        clearTimeout(timer);
        reject(late ?? error);
      },
    },
  );
  return promise;
}
