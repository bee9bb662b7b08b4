import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The connection between one device and the server, with the faults that can occur on it. */
export type Proxy = {
  url: string;
  /** Refuses new connections; `cut` ends the open ones. */
  offline: boolean;
  /** Milliseconds by which each chunk of a request or an answer is delayed. */
  delayMs: number;
  /**
   * The number of answers (to pushes, or to any request) still to be dropped: the server did the work, but
   * the device never receives the answer.
   */
  answersToLose: number;
  onlyPushes: boolean;
  lost: number;
  cut: () => void;
  close: () => Promise<void>;
};

export async function startProxy(serverPort: number): Promise<Proxy> {
  const pairs = new Set<Socket>();
  const proxy: Proxy = {
    url: '',
    offline: false,
    delayMs: 0,
    answersToLose: 0,
    onlyPushes: true,
    lost: 0,
    cut: () => pairs.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((closed) => {
        listener.close(() => closed());
        proxy.cut();
      }),
  };
  const listener = createServer((device) => {
    if (proxy.offline) return void device.destroy();
    join(proxy, device, connect(serverPort, '127.0.0.1'));
  });
  const join = (link: Proxy, device: Socket, server: Socket) => {
    let isPush = false;
    for (const [socket, other] of [
      [device, server],
      [server, device],
    ] as const) {
      pairs.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // 'close' follows
      socket.on('close', () => {
        pairs.delete(socket);
        other.destroy();
      });
    }
    const toServer = later(server, () => link.delayMs);
    const toDevice = later(device, () => link.delayMs);
    device.on('data', (piece: Buffer) => {
      const line = piece.subarray(0, 100).toString('latin1');
      if (/^[A-Z]+ \//.test(line)) isPush = line.includes('sync.push');
      toServer(piece);
    });
    server.on('data', (piece: Buffer) => {
      // The server has answered, so its work is done. The device receives no byte of the answer.
      if (link.answersToLose > 0 && (isPush || !link.onlyPushes)) {
        link.answersToLose -= 1;
        link.lost += 1;
        return void device.destroy();
      }
      toDevice(piece);
    });
    device.on('end', () => server.end());
    server.on('end', () => setTimeout(() => device.end(), link.delayMs));
  };
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  proxy.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return proxy;
}

/** Returns a function that writes chunks in order, each after the current delay. */
function later(socket: Socket, delayMs: () => number): (piece: Buffer) => void {
  let due = 0;
  return (piece) => {
    due = Math.max(due, Date.now() + delayMs());
    const wait = due - Date.now();
    if (wait <= 0) socket.write(piece);
    else setTimeout(() => socket.writable && socket.write(piece), wait);
  };
}
