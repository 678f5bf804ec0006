export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Gives credentials; the SDK asks again when they have expired. */
export type CredentialSource = () => Promise<AwsCredentials>;
