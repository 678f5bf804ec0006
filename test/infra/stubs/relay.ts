export const handler = async (): Promise<string> => 'relay';
