import { createServer, type Server, type Socket } from 'node:net';

export interface Scripted {
  readonly port: number;
  /** Connections so far, and the most that were open at once. */
  readonly count: () => { readonly all: number; readonly most: number };
  readonly close: () => Promise<void>;
}

/** A server on loopback that does with each connection what it is told. */
export async function serve(onConnection: (socket: Socket, index: number) => void): Promise<Scripted> {
  const sockets = new Set<Socket>();
  let [all, most] = [0, 0];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('error', () => undefined);
    // Whoever does not read does not see the other side leave.
    socket.on('data', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket, all++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    count: () => ({ all, most }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
