import { PlumbError } from '../../shared/errors.ts';

/** A door that this zone does not have: whoever tries it gets an error that says so. */
export function noPort<Port extends object>(what: string): Port {
  const refuse = (): never => {
    throw new PlumbError('usage', `${what} is not to be reached from this zone`, { object: what });
  };
  return new Proxy({} as Port, {
    get: (_target, name) => (typeof name === 'symbol' || name === 'then' ? undefined : refuse),
  });
}
