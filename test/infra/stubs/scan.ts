export const handler = async (): Promise<string> => 'scan';
