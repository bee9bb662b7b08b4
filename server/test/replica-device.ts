import 'fake-indexeddb/auto';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { collections, type CollectionName, type Documents } from '#shared/collections.ts';
import { rights } from '#shared/rights.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { openReplica, type Replica } from '#sync/client/store.ts';
import { signIn } from './test-server.ts';
import { newId } from '../demo/new-id.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';

/** A replica of a person on a separate device. Its connection to the server can be cut or delayed. */
export type Device = {
  replica: Replica<Documents>;
  net: {
    online: boolean;
    hold: Promise<void> | null;
    /** Requests to the server so far. */ requests: number;
  };
  me: { id: string; name: string };
};

export async function openDevice(
  url: string,
  login: string,
  storage: 'memory' | 'dexie' = 'memory',
): Promise<Device> {
  let connection = new AbortController();
  const net: Device['net'] = {
    hold: null,
    requests: 0,
    get online() {
      return !connection.signal.aborted;
    },
    set online(is) {
      if (is) connection = new AbortController();
      else connection.abort();
    },
  };
  const { api, me, epoch } = await signIn(url, login, {
    before: () => {
      net.requests += 1;
      if (!net.online) throw new TypeError('offline');
    },
    after: async (url) => {
      if (url.includes('sync.push')) await net.hold;
    },
    stream: () => connection.signal,
  });
  const replica = await openReplica<Documents>({
    name: `r-${newId(Date.now())}`,
    role: me.role,
    person: me.id,
    epoch,
    storage: (storage === 'memory' ? getRxStorageMemory() : getRxStorageDexie()) as never, // both storages have one interface
    api: api.sync,
    collections,
    rights,
    rules: { review: reviewAnswer },
    device: `test-${login}`,
    now: Date.now,
    multiInstance: false,
    retryMs: 50,
    only: ['tickets', 'messages'],
  });
  await replica.replication.pulledOnce();
  return { replica, net, me };
}

/** A new technical ticket as a client's app creates it. */
export function ticketBy(me: { id: string }, over: Partial<Documents['tickets']> = {}) {
  const now = Date.now();
  const input = {
    id: newId(now),
    client: me.id,
    queue: 'technical',
    subject: 'Cannot reach my server',
  } as const;
  const ticket: Documents['tickets'] = {
    createdAt: now,
    updatedAt: now,
    writtenAt: now,
    seq: 0,
    ...newTicket(input, now),
    ...over,
  };
  return ticket;
}

/** A message as an app creates it. */
export function answerTo(
  ticket: { id: string; client: string },
  body: string,
  kind: 'answer' | 'note' = 'answer',
) {
  const by = { author: null, authorName: 'me', side: 'client' } as const;
  return newMessage({ ...ticket, queue: 'technical' }, { id: newId(Date.now()), ...by, kind, body });
}

/** The document on the device, or null. */
export async function find<N extends CollectionName>(
  on: Device,
  name: N,
  id: string,
): Promise<Documents[N] | null> {
  const found = await on.replica.collection(name).findOne(id).exec();
  return found ? (found.toJSON() as Documents[N]) : null;
}
