import type { Request, RequestHandler, Response } from 'express';
import { networkOf } from './network.ts';
import { createSlots, type Slots } from './slots.ts';

/*
 * What one caller may have in flight. A caller is a session, or an address without one; a session also counts for its
 * address, because whoever signs in often has many. What is too much waits, and if too much waits, it is refused (429).
 * Replicas send a refused request again later, so nothing is lost.
 */

/** Requests at once. An ordinary app has one push, one batch of pulls and an upload. */
const mostPerSession = 5;
/** An office behind one address. */
const mostPerAddress = 64;
/** How many more wait for each that works. */
const waitingPerSlot = 8;
/** Procedures at once, of all requests of a caller. A batch may name 20. */
const mostProcedures = 2;
/** Live streams. A browser has one, whatever the number of its tabs. */
const mostStreams = 12;
/** Bytes in and out that a caller may move at once, and how many more each second. A new device gets its data at once. */
const burstBytes = 12 * 1024 * 1024;
const bytesPerSecond = 1024 * 1024;
/** What a request costs besides its bytes, so that many small ones are bounded as well. */
const requestBytes = 64 * 1024;

export type Caller = {
  requests: Slots;
  procedures: Slots;
  /** Mutations run one after another, as the app sends them. */
  mutations: Slots;
  streams: number;
  /** Refusals that are being held back. */
  refusals: number;
  /** Bytes that the caller may still move. Below zero, requests wait until enough time has passed. */
  bytes: number;
  /** When `bytes` was computed, in milliseconds since 1970. */
  at: number;
};

export type Callers = {
  /** Bounds the requests of a caller. It comes before everything that costs something. */
  limit: RequestHandler;
  /** The caller of a request that `limit` has let through. */
  of: (request: Request) => Caller;
};

export function createCallers(now: () => number): Callers {
  const callers = new Map<string, Caller>();
  const found = new WeakMap<Request, Caller>();
  const callerNamed = (name: string, most: number): Caller => {
    const known = callers.get(name);
    if (known) return known;
    const caller: Caller = {
      requests: createSlots(most, most * waitingPerSlot),
      procedures: createSlots(mostProcedures, Infinity),
      mutations: createSlots(1, Infinity),
      streams: 0,
      refusals: 0,
      bytes: burstBytes,
      at: now(),
    };
    callers.set(name, caller);
    return caller;
  };
  const refill = (caller: Caller) => {
    const time = now();
    const more = (Math.max(0, time - caller.at) / 1_000) * bytesPerSecond;
    caller.bytes = Math.min(burstBytes, caller.bytes + more);
    caller.at = time;
  };
  /** Callers that have done nothing for as long as their bytes need to be full again. */
  const forgetIdle = () => {
    for (const [name, caller] of callers) {
      refill(caller);
      if (caller.bytes >= burstBytes && caller.streams === 0 && caller.requests.isIdle())
        callers.delete(name);
    }
  };
  setInterval(forgetIdle, 60_000).unref();

  const limit: RequestHandler = (request, response, next) => {
    const network = callerNamed(`address ${networkOf(request.ip ?? '')}`, mostPerAddress);
    const session = sessionCookieOf(request);
    const caller = session === null ? network : callerNamed(`session ${session}`, mostPerSession);
    found.set(request, caller);
    if (request.headers.accept === 'text/event-stream') return openStream(caller, request, response, next);
    const gone = new AbortController();
    const atEnd = [() => gone.abort()];
    response.once('close', () => atEnd.forEach((end) => end()));
    // First the session's slot: who waits for it takes no slot of others behind the same address.
    const steps = session === null ? [network.requests] : [caller.requests, network.requests];
    const begin = async () => {
      for (const slots of steps) {
        const taken = slots.take(gone.signal);
        if (!taken) return refuse(caller, request, response);
        const free = await taken;
        if (gone.signal.aborted) return free();
        atEnd.push(free);
      }
      refill(caller);
      if (caller.bytes < 0) await pause((-caller.bytes / bytesPerSecond) * 1_000, gone.signal);
      if (gone.signal.aborted) return;
      const before = movedBy(request);
      atEnd.push(() => {
        refill(caller);
        caller.bytes -= requestBytes + movedBy(request) - before;
      });
      next();
    };
    begin().catch(next);
  };

  return {
    limit,
    of(request) {
      const caller = found.get(request);
      if (!caller) throw new Error('a request was not limited');
      return caller;
    },
  };
}

// eslint-disable-next-line max-params -- the parameters of a middleware, with its caller
function openStream(caller: Caller, request: Request, response: Response, next: () => void): void {
  if (caller.streams >= mostStreams) return refuse(caller, request, response);
  caller.streams += 1;
  response.once('close', () => (caller.streams -= 1));
  next();
}

const movedBy = ({ socket }: Request) => socket.bytesRead + socket.bytesWritten;

/** The session cookie as it was sent. It is not checked here: a made-up one only separates its sender from others. */
function sessionCookieOf({ headers }: Request): string | null {
  return /(?:^|;\s*)(?:__Host-)?sid=([^;]{1,200})/.exec(headers.cookie ?? '')?.[1] ?? null;
}

function pause(ms: number, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    gone.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A refusal is held back for a moment, because who does not wait for it would cost more by asking again at once. */
const heldBackMs = 1_000;
const mostHeldBack = 300;

function refuse(caller: Caller, request: Request, response: Response): void {
  if (caller.refusals >= mostHeldBack) return void request.socket.destroy();
  caller.refusals += 1;
  const timer = setTimeout(() => answerRefused(response), heldBackMs);
  response.once('close', () => {
    caller.refusals -= 1;
    clearTimeout(timer);
  });
}

function answerRefused(response: Response): void {
  const code = 'too-many-requests';
  response.setHeader('Retry-After', '1');
  response.status(429).json({ error: { message: code, data: { errorCode: code, httpStatus: 429 } } });
}
