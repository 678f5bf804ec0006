import type { ClusterAdvice } from '../../cluster-ports.ts';
import { ClusterError } from '../../errors.ts';
import { isUntrusted } from './located-cluster.ts';
import { codeOf } from './retry.ts';

const unconnected = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;

/** The error with this cluster's own way out in place of that of a kubeconfig, where there is one. */
export function advise(error: ClusterError, advice: ClusterAdvice | undefined, cause?: unknown): ClusterError {
  const hint = adviceFor(error, advice ?? {}, cause);
  if (hint === undefined) return error;
  const { code, message, object, retryable, status } = error;
  return new ClusterError(code, message, {
    hint,
    retryable,
    ...(object === undefined ? {} : { object }),
    ...(status === undefined ? {} : { status }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

function adviceFor({ status }: ClusterError, advice: ClusterAdvice, cause: unknown): string | undefined {
  if (status === 401) return advice.unknownUser;
  if (isUntrusted(cause)) return advice.untrusted;
  return unconnected.test(codeOf(cause)) ? advice.unreachable : undefined;
}
