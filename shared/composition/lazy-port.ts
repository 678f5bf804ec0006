/** A port whose adapter is made at the first call. All methods of the port have to be asynchronous. */
export function lazyPort<Port extends object>(make: () => Promise<Port>): Port {
  let made: Promise<Port> | undefined;
  const call = async (method: string, given: readonly unknown[]): Promise<unknown> => {
    made ??= make();
    const port = (await made) as Record<string, (...given: readonly unknown[]) => unknown>;
    return port[method]?.(...given);
  };
  return new Proxy({} as Port, {
    // A port is awaited and inspected like any value; only its methods may be called.
    get: (_target, method) =>
      typeof method === 'symbol' || method === 'then'
        ? undefined
        : (...given: readonly unknown[]) => call(method, given),
  });
}
