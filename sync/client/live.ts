import { backoff } from '#shared/engine/backoff.ts';
import type { Poke, PokesRequest } from '../protocol.ts';
import { requestError, type SyncApi } from './api-client.ts';

export type Live = {
  reconnect: () => void;
  /** Closes the stream until `reconnect` is called, because the person is signed out. */
  halt: () => void;
  /** Closes the stream because the network is gone, which the stream itself may not notice. Later it is opened again. */
  drop: () => void;
  stop: () => void;
};

export type Since = Readonly<Record<string, number>>;

export type LiveHandlers = {
  /** Returns the replica's checkpoints. The server first names the collections that have changed since. */
  since: () => Since;
  /** The history that the checkpoints belong to. */
  generation: () => string | undefined;
  /** The stream is open. `unknown` is true for collections without a checkpoint, which may have missed changes. */
  opened: (unknown: (name: string) => boolean) => void;
  /** An event of the stream. `since`: the checkpoints with which the stream was opened. */
  poked: (poke: Poke, since: Since) => void;
  /** The stream has ended. `reachable`: the server itself ended it; the next pull will tell why. */
  ended: (reachable: boolean) => void;
};

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;

/** Whose replica it is, the rights that it was created under, and the schemas that it knows. */
export type Identity = Required<Pick<PokesRequest, 'person' | 'epoch' | 'schemas'>>;

/**
 * Listens to changes on the server as long as the replica is open. A stream that ends (the server stopped, a proxy
 * closed it) is opened again with exponential backoff. If the person is signed out, it waits for `reconnect`.
 */
export function listen(api: SyncApi, identity: Identity, handlers: LiveHandlers): Live {
  let stopped = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let close: () => void = () => undefined;
  let drop: () => void = () => undefined;
  let streamNumber = 0;

  const open = () => {
    clearTimeout(timer);
    // Events of earlier streams are ignored, also that a stream has ended because it is closed here.
    const own = (streamNumber += 1);
    close();
    const ended = (reachable: boolean, signedOut = false) => {
      if (own !== streamNumber || stopped) return;
      streamNumber += 1;
      handlers.ended(reachable);
      if (signedOut) return;
      // The random factor spreads the replicas out, so that they do not all reconnect to a restarted server at once.
      const random = 0.5 + Math.random() / 2;
      timer = setTimeout(open, backoff({ attempt, first: firstWaitMs, longest: longestWaitMs, random }));
      attempt += 1;
    };
    const since = handlers.since();
    const stream = api.pokes.subscribe(
      { ...identity, since, generation: handlers.generation() },
      {
        onStarted: () => {
          attempt = 0;
          if (own === streamNumber) handlers.opened((name) => since[name] === undefined);
        },
        onData: (poke: Poke) => {
          if (own === streamNumber) handlers.poked(poke, since);
        },
        onConnectionStateChange: ({ state, error }) => {
          if (own === streamNumber && state === 'connecting' && error) handlers.ended(false);
        },
        onError: (error) => {
          const { status } = requestError(error);
          // A server of an older version refuses what it does not know. The replica then pulls at each try.
          const isRefused = status !== null && status >= 400 && status < 500;
          ended(isRefused, status === 401);
        },
        onStopped: () => ended(false),
        onComplete: () => ended(true),
      },
    );
    close = () => stream.unsubscribe();
    drop = () => {
      ended(false); // first, because closing is an event as well
      close();
    };
  };
  const halt = () => {
    clearTimeout(timer);
    streamNumber += 1;
    close();
  };
  open();

  return {
    reconnect() {
      attempt = 0;
      if (!stopped) open();
    },
    halt,
    drop: () => drop(),
    stop() {
      stopped = true;
      halt();
    },
  };
}
