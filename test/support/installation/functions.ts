import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { Lambda } from '@aws-sdk/client-lambda';
import { callJson } from '../aws/call-json.ts';
import type { Emulator } from '../aws/start-emulator.ts';

export type Invoked = { readonly answer: unknown; readonly error?: string };

/** The functions of an installation, by the names that the installation gives them. */
export type Functions = {
  invoke(name: string, event?: object): Promise<Invoked>;
  /** What it has logged, oldest first. */
  logs(name: string): Promise<readonly string[]>;
  /** The name of its role. */
  role(name: string): Promise<string>;
  /** Gives it less time than it was deployed with. */
  setTimeout(name: string, seconds: number): Promise<void>;
  /** Ends the processes that a function runs in, as AWS does when it is out of memory; gives how many there were. */
  kill(name: string): Promise<number>;
  close(): void;
};

/** Opens functions, whose ARNs are given by name. */
export function openFunctions(emulator: Emulator, arns: { readonly [name: string]: string }): Functions {
  const { endpoint, region, credentials } = emulator;
  const client = new Lambda({ endpoint, region, credentials });
  const deployedName = (name: string): string => {
    const arn = arns[name];
    if (arn === undefined) throw new Error(`no function ${name} among ${Object.keys(arns).join(', ')}`);
    return arn.split(':')[6] ?? '';
  };
  const logs: Functions['logs'] = async (name) => {
    const { Configuration = {} } = await client.getFunction({ FunctionName: deployedName(name) });
    return readLogs(emulator, Configuration.LoggingConfig?.LogGroup ?? `/aws/lambda/${deployedName(name)}`);
  };
  return {
    invoke: async (name, event = {}) => {
      const answered = await client.invoke({ FunctionName: deployedName(name), Payload: JSON.stringify(event) });
      const text = Buffer.from(answered.Payload ?? []).toString();
      const answer: unknown = text === '' ? undefined : JSON.parse(text);
      return answered.FunctionError === undefined ? { answer } : { answer, error: text };
    },
    logs,
    role: async (name) => {
      const { Configuration = {} } = await client.getFunction({ FunctionName: deployedName(name) });
      return Configuration.Role?.split('/').at(-1) ?? '';
    },
    setTimeout: async (name, seconds) => {
      await client.updateFunctionConfiguration({ FunctionName: deployedName(name), Timeout: seconds });
    },
    kill: async (name) => {
      const pids = await findProcesses(emulator, deployedName(name));
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return pids.length;
    },
    close: () => client.destroy(),
  };
}

async function readLogs(emulator: Emulator, logGroupName: string): Promise<readonly string[]> {
  const call = { service: 'logs', target: 'Logs_20140328.FilterLogEvents', input: { logGroupName, limit: 10_000 } };
  const { events = [] } = (await callJson(emulator, call)) as { readonly events?: readonly { message: string }[] };
  return events.map(({ message }) => message);
}

/** The emulator runs each function in processes of its own, which are its children and know whose they are. */
async function findProcesses(emulator: Emulator, name: string): Promise<readonly number[]> {
  const numbers = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(numbers.map(async (pid) => ((await isOf(pid)) ? [Number(pid)] : [])));
  return found.flat();

  async function isOf(pid: string): Promise<boolean> {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(parent) !== emulator.pid) return false;
      const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
      return environment.includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }
}
