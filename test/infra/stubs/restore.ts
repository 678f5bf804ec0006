export const handler = async (): Promise<string> => 'restore';
