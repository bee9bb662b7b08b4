import { collections, type CollectionName } from '#shared/collections.ts';
import type { Api } from '../../server/test/api.ts';
import { createMutex } from '#sync/client/mutex.ts';
import type { Poke } from '#sync/protocol.ts';
import type { BenchPerson } from '../setting/people.ts';
import { apiOf, pullOnce } from '../setting/wire-client.ts';
import { collectionsOf } from '#shared/rights.ts';

/** Counters of what a replica has done so far. */
export type Counts = {
  pokes: number;
  pulls: number;
  requests: number;
  streamBytes: number;
  documents: number;
};

/**
 * A replica as the server sees it. It takes the changes of an event from the live stream if it has everything before, and
 * pulls otherwise, one pull per collection at a time. It stores no documents.
 */
export type WireReplica = {
  person: BenchPerson;
  counts: Counts;
  /** Resolves when no pull is running. */
  quiet: () => Promise<void>;
  close: () => void;
};

type WireReplicaOptions = { url: string; cookie: string; person: BenchPerson; head: number };

/**
 * Opens a replica.
 *
 * @param head the seq after which it has seen nothing, as if it had pulled everything before
 */
export async function openWireReplica({
  url,
  cookie,
  person,
  head,
}: WireReplicaOptions): Promise<WireReplica> {
  const counts: Counts = { pokes: 0, pulls: 0, requests: 0, streamBytes: 0, documents: 0 };
  const api = apiOf(url, cookie);
  const pullers = new Map<string, Puller>(
    collectionsOf(person.role).map((name) => [name, pullerOf(api, { name, person, head, counts })]),
  );
  const stop = new AbortController();
  counts.requests += 1;
  const schemas = Object.fromEntries(
    Object.values(collections).map(({ name, version }): [string, number] => [name, version]),
  );
  const since = Object.fromEntries([...pullers.keys()].map((name) => [name, head]));
  const input = encodeURIComponent(JSON.stringify({ person: person.id, epoch: 0, schemas, since }));
  const response = await fetch(`${url}/api/trpc/sync.pokes?input=${input}`, {
    headers: { cookie, accept: 'text/event-stream' },
    signal: stop.signal,
  });
  if (!response.ok || !response.body) throw new Error(`the live stream was refused: ${response.status}`);
  const events = listen(response.body, counts, (poke) => {
    for (const [, puller] of pullers) puller.receive(poke);
  });
  let closed = false;
  void events.catch((error: unknown) => {
    if (!closed) console.error('a live stream broke', error);
  });
  for (const { pull } of pullers.values()) pull();
  return {
    person,
    counts,
    async quiet() {
      for (const puller of pullers.values()) await puller.quiet();
    },
    close() {
      closed = true;
      stop.abort();
    },
  };
}

type Puller = { pull: () => void; receive: (poke: Poke) => void; quiet: () => Promise<unknown> };

function pullerOf(
  api: Api,
  { name, person, head, counts }: { name: CollectionName; person: BenchPerson; head: number; counts: Counts },
): Puller {
  const mutex = createMutex();
  let since = head;
  let waiting = false;
  const once = async () => {
    waiting = false;
    counts.pulls += 1;
    counts.requests += 1;
    const { documents, checkpoint } = await pullOnce(api, { collection: name, person: person.id, since });
    counts.documents += documents.length;
    since = checkpoint.seq;
  };
  const pull = () => {
    if (waiting) return;
    waiting = true;
    void mutex(once).catch((error: unknown) => console.error('a pull failed', error));
  };
  return {
    pull,
    receive({ collections: named, changes, from, to }) {
      const rows = changes[name];
      if (since < (from ?? head) || (named.includes(name) && !rows)) return pull();
      counts.documents += rows?.length ?? 0;
      since = Math.max(since, to);
    },
    quiet: () => mutex(() => Promise.resolve()),
  };
}

/** Reads server-sent events: blocks of lines "event: name" and "data: json". A poke is data without an event name. */
async function listen(
  body: ReadableStream<Uint8Array>,
  counts: Counts,
  onPoke: (poke: Poke) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    counts.streamBytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      if (lines.some((line) => line.startsWith('event:'))) continue;
      const data = lines.find((line) => line.startsWith('data:'));
      if (!data) continue;
      counts.pokes += 1;
      onPoke(JSON.parse(data.slice('data:'.length)) as Poke); // sent by the server's own router
    }
  }
}

/** Adds up the counters of several replicas. */
export function sumOf(replicas: readonly WireReplica[]): Counts {
  const sum: Counts = { pokes: 0, pulls: 0, requests: 0, streamBytes: 0, documents: 0 };
  for (const { counts } of replicas) {
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key];
  }
  return sum;
}
