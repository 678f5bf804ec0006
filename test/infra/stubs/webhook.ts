export const handler = async (): Promise<string> => 'webhook';
