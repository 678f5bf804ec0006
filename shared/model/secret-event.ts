/** Something happened to a secret: only a hint where to look, and what is found there counts. */
export type SecretEvent = {
  readonly service: 'SecretsManager' | 'ParameterStore';
  readonly region: string;
  readonly name: string;
};
