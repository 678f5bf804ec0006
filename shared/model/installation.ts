/** What an installation on AWS is made of, for those who steer it and those who look at it. Queues are URLs by network. */
export type Installation = {
  /** Told apart from others of the same account by it. */
  readonly id: string;
  readonly region: string;
  readonly account: string;
  /** `URL[#ref][:path]`. */
  readonly control: string;
  readonly renderQueue: string;
  readonly syncQueues: { readonly [zone: string]: string };
  readonly restoreQueues: { readonly [zone: string]: string };
  readonly eventBus: string;
  readonly deadLetters: string;
  readonly webhookUrl: string;
  /** ARNs by name. */
  readonly functions: { readonly [name: string]: string };
};
