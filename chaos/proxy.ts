import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The way between one device and the server, and what can happen on it. */
export type Proxy = {
  url: string;
  /** Refuses whoever comes and cuts who is connected. */
  offline: boolean;
  /** Milliseconds that each piece of a request or an answer takes longer. */
  delayMs: number;
  /** So many answers (to a push, or to anything) are thrown away: the server did it, the device never hears of it. */
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
  const join = (way: Proxy, device: Socket, server: Socket) => {
    let isPush = false;
    for (const [socket, other] of [
      [device, server],
      [server, device],
    ] as const) {
      pairs.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined); // told by close
      socket.on('close', () => {
        pairs.delete(socket);
        other.destroy();
      });
    }
    const toServer = later(server, () => way.delayMs);
    const toDevice = later(device, () => way.delayMs);
    device.on('data', (piece: Buffer) => {
      const line = piece.subarray(0, 100).toString('latin1');
      if (/^[A-Z]+ \//.test(line)) isPush = line.includes('sync.push');
      toServer(piece);
    });
    server.on('data', (piece: Buffer) => {
      // The server has answered, so it has done what it was asked; the device gets no byte of it.
      if (way.answersToLose > 0 && (isPush || !way.onlyPushes)) {
        way.answersToLose -= 1;
        way.lost += 1;
        return void device.destroy();
      }
      toDevice(piece);
    });
    device.on('end', () => server.end());
    server.on('end', () => setTimeout(() => device.end(), way.delayMs));
  };
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  proxy.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return proxy;
}

/** Writes pieces in their order, each after the delay of the moment. */
function later(socket: Socket, delayMs: () => number): (piece: Buffer) => void {
  let due = 0;
  return (piece) => {
    due = Math.max(due, Date.now() + delayMs());
    const wait = due - Date.now();
    if (wait <= 0) socket.write(piece);
    else setTimeout(() => socket.writable && socket.write(piece), wait);
  };
}
