/** The field manager that Plumbline applies as. */
export const ownManager = 'plumbline';
