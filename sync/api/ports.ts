import type { Person } from '#shared/collections/people.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type { Poke, PullRequest, PullResponse, PushRequest, PushResponse } from '../wire.ts';

/** What the API asks of a server: the routers know these functions and nothing behind them. */
export type Ports = {
  /** @throws DomainError 'wrong-credentials' */
  signIn: (credentials: { login: string; password: string }) => Promise<Person>;
  signOut: () => Promise<void>;
  /** Who provides the service, and the tax the reader is charged (hundredths of a percent; null where none is known). */
  provider: (
    actor: Actor | null,
  ) => Promise<{ name: string; contact: string; timeZone: string; taxPercent: number | null }>;
  pull: (actor: Actor, request: PullRequest) => Promise<PullResponse>;
  push: (actor: Actor, request: PushRequest) => Promise<PushResponse>;
  pokes: (actor: Actor, signal: AbortSignal) => AsyncIterable<Poke>;
};

export type ApiContext = { actor: Actor | null; ports: Ports };
