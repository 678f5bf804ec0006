/** What a webhook answers to whoever cannot prove who they are. */
export type WebhookLook =
  | { readonly answered: true; readonly status: number; readonly body: string; readonly ms: number }
  | { readonly answered: false; readonly why: string };

const longestBody = 200;

/** Posts a request without a signature, as anybody could. Nothing comes of it. */
export async function lookAtWebhook(url: string, timeoutMs = 10_000): Promise<WebhookLook> {
  const startedAt = performance.now();
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'plumb doctor' },
      body: '{}',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await answer.text()).slice(0, longestBody);
    return { answered: true, status: answer.status, body, ms: Math.round(performance.now() - startedAt) };
  } catch (error) {
    return { answered: false, why: whyOf(error) };
  }
}

/** fetch hides the reason behind "fetch failed". */
function whyOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  if (name === 'TimeoutError') return 'it did not answer in time';
  return typeof cause?.code === 'string' ? cause.code : 'no connection came about';
}
