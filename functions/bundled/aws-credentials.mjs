// Stands in for the SDK's chain of credentials where handlers are bundled: a function's are in its environment, for all of its life.
import { env } from 'node:process';

export function defaultProvider() {
  return async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw Object.assign(new Error('there are no credentials in the environment'), {
        name: 'CredentialsProviderError',
      });
    return { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) };
  };
}

export { defaultProvider as fromNodeProviderChain };
