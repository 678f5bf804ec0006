import type { ClusterEndpoint } from '../../cluster-ports.ts';
import { PlumbError } from '../../errors.ts';
import type { Target } from './find-target.ts';
import type { ClusterEntry } from './kubeconfig.ts';
import { codeOf } from './retry.ts';

/** So that a cluster whose certificate stays wrong does not cost a question with each request. */
const askAgainMs = 30_000;

/** Where an API server is; asked anew, once for all who notice, when it seems to have moved or to have another authority. */
export class LocatedCluster {
  readonly #locate: Target['locate'];
  #current: ClusterEntry;
  #asking: Promise<boolean> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor({ cluster, locate }: Target) {
    this.#current = cluster;
    this.#locate = locate;
  }

  get current(): ClusterEntry {
    return this.#current;
  }

  /** Whether a request that failed so at `tried` may do better at what is the current place now. */
  async hasMoved(tried: ClusterEntry, error: unknown): Promise<boolean> {
    if (this.#current !== tried) return true;
    if (this.#locate === undefined || !(isUntrusted(error) || codeOf(error) === 'ENOTFOUND')) return false;
    this.#asking ??= this.#ask(this.#locate).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** That there is no such cluster any more, or that it may not be looked at, says more than what the request failed with. */
  async #ask(locate: () => Promise<ClusterEndpoint>): Promise<boolean> {
    const now = performance.now();
    if (now - this.#askedAt < askAgainMs) return false;
    this.#askedAt = now;
    try {
      return this.#replaceBy(await locate());
    } catch (error) {
      if (error instanceof PlumbError && !error.retryable) throw error;
      return false;
    }
  }

  #replaceBy({ server, certificateAuthority }: ClusterEndpoint): boolean {
    const { server: before, ca } = this.#current;
    const knows = ca !== undefined && 'data' in ca && ca.data === certificateAuthority;
    if (server === before && knows) return false;
    this.#current = { ...this.#current, server, ca: { data: certificateAuthority } };
    return true;
  }
}

/** True when a server was reached, and its certificate is not one that we trust. */
export function isUntrusted(error: unknown): boolean {
  return /CERT|VERIFY|ISSUER|SELF_SIGNED|SIGNATURE/.test(codeOf(error));
}
