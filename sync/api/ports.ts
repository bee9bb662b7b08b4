import type { Person } from '#shared/collections/people.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type { Poke, PullRequest, PullResponse, PushRequest, PushResponse } from '../wire.ts';

/** What the API asks of a server: the routers know these functions and nothing behind them. */
export type Ports = {
  /** @throws DomainError 'wrong-credentials' */
  signIn: (credentials: { login: string; password: string }) => Promise<Person>;
  signOut: () => Promise<void>;
  provider: () => Promise<{ name: string; contactAddress: string; timeZone: string }>;
  pull: (actor: Actor, request: PullRequest) => Promise<PullResponse>;
  push: (actor: Actor, request: PushRequest) => Promise<PushResponse>;
  pokes: (actor: Actor, signal: AbortSignal) => AsyncIterable<Poke>;
};

export type ApiContext = { actor: Actor | null; ports: Ports };
