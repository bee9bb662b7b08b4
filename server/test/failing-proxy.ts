import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FirstCursor } from '#sync/protocol.ts';

/*
 * What may stand between a device and the app: it can say no itself, cut the line before or after the app was asked,
 * and hold an answer back.
 */

/** A request as it passes; `collection` and `ids` of pushes, `cursor` of pages of a first pull. */
export type Passing = {
  procedure: string;
  collection: string | null;
  ids: string[];
  cursor: FirstCursor | null;
  /** The device got the app's answer. */
  answered: boolean;
};

/**
 * What the proxy does instead of passing it on; `body`: what it says (a page by default), never in the form of the
 * app; `hold`: the app has answered, the device waits for it.
 */
export type Fault =
  { status: number; body?: string } | { cut: 'before' | 'after' } | { hold: Promise<unknown> } | null;

export type FailingProxy = {
  url: string;
  /** Every request, in the order in which they came. */
  log: Passing[];
  /** Set by the test. */
  fault: (passing: Passing) => Fault;
  streams: () => number;
  /** Ends the streams that are open. */
  cutStreams: () => void;
  stop: () => Promise<void>;
};

export const pushes = ({ procedure }: Passing) => procedure === 'sync.push';
export const firstOf = (name: string) => (passing: Passing) =>
  passing.procedure === 'sync.first' && passing.collection === name;

type Input = { collection?: string; cursor?: FirstCursor | null; rows?: { next: { id: string } }[] };

export async function failingProxy(appUrl: string): Promise<FailingProxy> {
  const streams = new Set<ServerResponse>();
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
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

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const passing = passingOf(incoming.url ?? '', body);
    proxy.log.push(passing);
    const fault = proxy.fault(passing);
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
      if (passing.procedure === 'sync.pokes') {
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
        passing.answered = answer.statusCode === 200;
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
  for await (const part of message) parts.push(part as Buffer); // no encoding is set
  return Buffer.concat(parts);
}

function passingOf(address: string, body: Buffer): Passing {
  const { pathname, searchParams } = new URL(address, 'http://proxy');
  const procedure = pathname.replace('/api/trpc/', '');
  const text = body.length > 0 ? body.toString() : (searchParams.get('input') ?? '{}');
  const input = JSON.parse(text) as Input; // what the product's client sends
  return {
    procedure,
    collection: input.collection ?? null,
    ids: input.rows?.map(({ next }) => next.id) ?? [],
    cursor: input.cursor ?? null,
    answered: false,
  };
}
