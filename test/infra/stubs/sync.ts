export const handler = async (): Promise<string> => 'sync';
