let current = 'plumbline';

/** What an invocation works on: for names of sessions and the audit logs of API servers. One environment runs one invocation at a time. */
export const currentJob = {
  id: (): string => current,
  set: (id: string): void => {
    current = id;
  },
} as const;
