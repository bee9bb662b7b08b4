import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Actor } from '#shared/engine/actor.ts';
import { openReplica, type Replica } from '../client/store.ts';
import { toyRights, toys, type ToyDocuments } from '../toy-collections.ts';
import {
  actorNamed,
  apiFor,
  openToyServer,
  pushRows,
  type ToyNetwork,
  type ToyServer,
} from './toy-server.ts';

/* Real replicas on the toy server, for the tests of one file. */

export type Device = { replica: Replica<ToyDocuments>; network: ToyNetwork };

type Stream = Parameters<typeof apiFor>[2];

export type World = {
  server: ToyServer;
  librarian: Actor;
  reader: Actor;
  deviceOf: (actor: Actor, options?: Partial<ToyNetwork> & Stream) => Promise<Device>;
  addShelf: () => Promise<string>;
  bookOn: (
    shelf: string,
    title: string,
  ) => Omit<ToyDocuments['books'], 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq'>;
};

/** Opens a server before the tests of a file, and removes the devices after each test. */
export function useToyWorld(): World {
  const open: Replica<ToyDocuments>[] = [];
  const world = {} as World; // filled before the first test
  beforeAll(async () => {
    const server = await openToyServer();
    const [librarian, reader] = [actorNamed(server, 'librarian'), actorNamed(server, 'reader')];
    Object.assign(world, { server, librarian, reader });
  });
  afterEach(async () => {
    for (const replica of open.splice(0)) await replica.remove();
  });
  afterAll(() => world.server.close());

  world.deviceOf = async (actor, { failOn = null, ...stream } = {}) => {
    const { server } = world;
    const { api, network } = apiFor(server, actor, stream);
    network.failOn = failOn;
    const replica = await openReplica<ToyDocuments>({
      name: `toy-${server.newId()}`,
      role: actor.role,
      person: actor.id,
      epoch: 0,
      collections: toys,
      rights: toyRights,
      storage: getRxStorageDexie(),
      api,
      device: `device-${open.length}`,
      now: Date.now,
      multiInstance: false,
      retryMs: 20,
      mayBeOlder: false,
    });
    open.push(replica);
    if (failOn === null) await replica.replication.pulledOnce();
    return { replica, network };
  };
  world.addShelf = async () => {
    const { server, librarian } = world;
    const id = server.newId();
    const next = { id, room: 'east', title: 'Novels', writtenAt: server.now() };
    await pushRows(server, librarian, { collection: 'shelves', rows: [{ base: null, next }] });
    return id;
  };
  world.bookOn = (shelf, title) => ({
    id: world.server.newId(),
    shelf,
    room: 'east' as const,
    owner: world.reader.id,
    title,
    note: '',
    page: 0,
  });
  return world;
}

export const until = (check: () => Promise<unknown>): ReturnType<typeof expect.poll> =>
  expect.poll(check, { timeout: 5_000 });

export async function titleOn({ replica }: Device, id: string): Promise<string | null> {
  const book = await replica.collection('books').findOne(id).exec();
  return book?.title ?? null;
}
