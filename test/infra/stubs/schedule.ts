export const handler = async (): Promise<string> => 'schedule';
