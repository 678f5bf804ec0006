import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  type DescribeParametersCommandOutput,
  GetParameterCommand,
  type GetParameterCommandInput,
  type GetParameterCommandOutput,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  type GetParametersByPathCommandOutput,
  GetParametersCommand,
  type GetParametersCommandInput,
  type GetParametersCommandOutput,
  ListTagsForResourceCommand,
  type ListTagsForResourceCommandInput,
  type ListTagsForResourceCommandOutput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { CallConfig } from '../call-options.ts';

/** The calls of Parameter Store that are made, and no more of its client: that is what a function has to load. */
export class ParameterStoreCalls {
  readonly #client: SSMClient;

  constructor(config: CallConfig) {
    this.#client = new SSMClient(config);
  }

  getParameter(input: GetParameterCommandInput): Promise<GetParameterCommandOutput> {
    return this.#client.send(new GetParameterCommand(input));
  }

  getParameters(input: GetParametersCommandInput): Promise<GetParametersCommandOutput> {
    return this.#client.send(new GetParametersCommand(input));
  }

  getParametersByPath(input: GetParametersByPathCommandInput): Promise<GetParametersByPathCommandOutput> {
    return this.#client.send(new GetParametersByPathCommand(input));
  }

  describeParameters(input: DescribeParametersCommandInput): Promise<DescribeParametersCommandOutput> {
    return this.#client.send(new DescribeParametersCommand(input));
  }

  listTagsForResource(input: ListTagsForResourceCommandInput): Promise<ListTagsForResourceCommandOutput> {
    return this.#client.send(new ListTagsForResourceCommand(input));
  }

  destroy(): void {
    this.#client.destroy();
  }
}
