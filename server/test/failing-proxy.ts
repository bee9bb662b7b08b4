import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FirstCursor } from '#sync/protocol.ts';

/*
 * A proxy between a device and the app. It can refuse a request itself, cut the connection before or after
 * the app is asked, and hold an answer back.
 */

/** A request through the proxy. `collection` and `ids` are set for pushes, `cursor` for pages of a first pull. */
export type ProxiedRequest = {
  procedure: string;
  collection: string | null;
  ids: string[];
  cursor: FirstCursor | null;
  /** Whether the device received the app's successful answer. */
  answered: boolean;
};

/**
 * What the proxy does instead of forwarding a request. `body` is its own answer (an HTML page by default),
 * never in the app's format. `hold` delays the app's answer until the promise resolves.
 */
export type Fault =
  { status: number; body?: string } | { cut: 'before' | 'after' } | { hold: Promise<unknown> } | null;

export type FailingProxy = {
  url: string;
  /** Every request, in order of arrival. */
  log: ProxiedRequest[];
  /** Decides the fault of a request; set by the test. */
  fault: (proxied: ProxiedRequest) => Fault;
  streams: () => number;
  /** Ends all open streams. */
  cutStreams: () => void;
  stop: () => Promise<void>;
};

export const isPush = ({ procedure }: ProxiedRequest) => procedure === 'sync.push';
export const isFirstPull = (name: string) => (proxied: ProxiedRequest) =>
  proxied.procedure === 'sync.first' && proxied.collection === name;

type Input = { collection?: string; cursor?: FirstCursor | null; rows?: { next: { id: string } }[] };

export async function failingProxy(appUrl: string): Promise<FailingProxy> {
  const streams = new Set<ServerResponse>();
  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: FailingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: [],
    fault: () => null,
    streams: () => streams.size,
    cutStreams() {
      for (const stream of streams) stream.destroy();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const proxied = parseRequest(incoming.url ?? '', body);
    proxy.log.push(proxied);
    const fault = proxy.fault(proxied);
    if (fault && 'status' in fault) {
      outgoing.writeHead(fault.status);
      outgoing.end(fault.body ?? `<html><h1>${fault.status}</h1></html>`);
      return;
    }
    if (fault && 'cut' in fault && fault.cut === 'before') {
      outgoing.destroy();
      return;
    }
    const { method, headers } = incoming;
    const onward = request(`${appUrl}${incoming.url ?? ''}`, { method, headers }, (answer) => {
      if (proxied.procedure === 'sync.pokes') {
        if (answer.statusCode === 200) streams.add(outgoing);
        outgoing.on('close', () => {
          streams.delete(outgoing);
          onward.destroy();
        });
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      void bodyOf(answer).then(async (whole) => {
        if (fault && 'cut' in fault) return outgoing.destroy();
        if (fault && 'hold' in fault) await fault.hold;
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        proxied.answered = answer.statusCode === 200;
        return outgoing.end(whole);
      });
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  }
  return proxy;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer); // without an encoding, chunks are buffers
  return Buffer.concat(parts);
}

function parseRequest(address: string, body: Buffer): ProxiedRequest {
  const { pathname, searchParams } = new URL(address, 'http://proxy');
  const procedure = pathname.replace('/api/trpc/', '');
  const text = body.length > 0 ? body.toString() : (searchParams.get('input') ?? '{}');
  const input = JSON.parse(text) as Input; // sent by the product's client
  return {
    procedure,
    collection: input.collection ?? null,
    ids: input.rows?.map(({ next }) => next.id) ?? [],
    cursor: input.cursor ?? null,
    answered: false,
  };
}
