export const handler = async (): Promise<string> => 'render';
