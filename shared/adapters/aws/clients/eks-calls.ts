import {
  DescribeClusterCommand,
  type DescribeClusterCommandInput,
  type DescribeClusterCommandOutput,
  EKSClient,
} from '@aws-sdk/client-eks';
import type { CallConfig } from '../call-options.ts';

/** The calls of EKS that are made, and no more of its client: that is what a function has to load. */
export class EksCalls {
  readonly #client: EKSClient;

  constructor(config: CallConfig) {
    this.#client = new EKSClient(config);
  }

  describeCluster(input: DescribeClusterCommandInput): Promise<DescribeClusterCommandOutput> {
    return this.#client.send(new DescribeClusterCommand(input));
  }

  destroy(): void {
    this.#client.destroy();
  }
}
