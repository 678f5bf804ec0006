import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type SlowNetwork = {
  /** Path of a kubeconfig that reaches the API server through the slow network. */
  readonly kubeconfig: string;
  close(): void;
};

/** A network with a round-trip time between programs and an API server: every byte arrives half of it later, each way. */
export async function startSlowNetwork(kubeconfig: string, roundTripMs: number): Promise<SlowNetwork> {
  const text = await readFile(kubeconfig, 'utf8');
  const server = new URL(/server: "?(https:[^"\s]+)/.exec(text)?.[1] ?? '');
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(server.port), server.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', () => socket.destroy());
    }
    carry({ from: near, to: far, delayMs: roundTripMs / 2 });
    carry({ from: far, to: near, delayMs: roundTripMs / 2 });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const path = `${kubeconfig}.slow`;
  await writeFile(path, text.replaceAll(server.origin, `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`), {
    mode: 0o600,
  });
  const close = (): void => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  return { kubeconfig: path, close };
}

function carry({ from, to, delayMs }: { readonly from: Socket; readonly to: Socket; readonly delayMs: number }): void {
  from.on('data', (bytes) => setTimeout(() => to.writable && to.write(bytes), delayMs));
  from.on('end', () => setTimeout(() => to.end(), delayMs));
}
