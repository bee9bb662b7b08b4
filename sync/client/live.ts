import { backoff } from '#shared/engine/backoff.ts';
import type { Poke } from '../protocol.ts';
import { requestError, type SyncApi } from './api-client.ts';

export type Live = {
  reconnect: () => void;
  /** Signed out: until somebody says `reconnect`. */
  halt: () => void;
  stop: () => void;
};

type Since = Record<string, number>;

export type Heard = {
  /** Where the replica stands: the server first names the collections in which it missed something. */
  since: () => Since;
  /** The stream is open; of these collections the server could not know whether something was missed. */
  opened: (unknown: (name: string) => boolean) => void;
  poked: (collections: readonly string[]) => void;
  /** It ended; `reachable`: by the server's word, whose reason a pull will tell. */
  ended: (reachable: boolean) => void;
};

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;

/**
 * Hears of changes from the server, for as long as the replica is open: a stream that ends (the server stopped, a
 * proxy said no) is opened again. Signed out, it waits for `reconnect`.
 */
export function listen(api: SyncApi, heard: Heard): Live {
  let stopped = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let close: () => void = () => undefined;
  let turn = 0;

  const open = () => {
    clearTimeout(timer);
    close();
    // What an earlier stream still says does not count.
    const mine = (turn += 1);
    const ended = (reachable: boolean, signedOut = false) => {
      if (mine !== turn || stopped) return;
      turn += 1;
      heard.ended(reachable);
      if (signedOut) return;
      // A server that starts again is not met by all replicas at once.
      const random = 0.5 + Math.random() / 2;
      timer = setTimeout(open, backoff({ attempt, first: firstWaitMs, longest: longestWaitMs, random }));
      attempt += 1;
    };
    const since = heard.since();
    const stream = api.pokes.subscribe(
      { since },
      {
        onStarted: () => {
          attempt = 0;
          if (mine === turn) heard.opened((name) => since[name] === undefined);
        },
        onData: (poke: Poke) => heard.poked(poke.collections),
        onConnectionStateChange: ({ state, error }) => {
          if (mine === turn && state === 'connecting' && error) heard.ended(false);
        },
        onError: (error) => {
          const signedOut = requestError(error).status === 401;
          ended(signedOut, signedOut);
        },
        onStopped: () => ended(false),
        onComplete: () => ended(true),
      },
    );
    close = () => stream.unsubscribe();
  };
  const halt = () => {
    clearTimeout(timer);
    turn += 1;
    close();
  };
  open();

  return {
    reconnect() {
      attempt = 0;
      if (!stopped) open();
    },
    halt,
    stop() {
      stopped = true;
      halt();
    },
  };
}
