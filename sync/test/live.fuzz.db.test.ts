import { expect, test } from 'vitest';
import type { Poke } from '../protocol.ts';
import { beginGeneration } from '../server/generation.ts';
import { createLive, type Live } from '../server/live.ts';
import { findDocument } from '../server/row.ts';
import { books, shelves } from '../toy-collections.ts';
import { seeded } from '../../server/test/seeded.ts';
import { useToyWorld, type Device } from './toy-devices.ts';
import { pullAll, pushRows, type Carry } from './toy-server.ts';

/*
 * Live streams whose events are lost, doubled, delayed and cut, from two servers on one database, with a new generation in
 * between. A replica may be behind meanwhile. It is never wrong once an event arrives again.
 */

const toy = useToyWorld();
const { deviceOf, addShelf, bookOn } = toy;
const rounds = process.env['LONG'] ? 400 : 60;
const seeds = process.env['LONG'] ? Array.from({ length: 20 }, (_, i) => i + 1) : [1, 2, 3];

/** So few books are changed that changes of the same one meet. */
const mostChanged = 5;

/** A connection that loses, doubles and swaps events, and cuts the stream. */
function unreliable(random: () => number): { carry: Carry; isReliable: boolean } {
  let late: Poke | null = null;
  const connection = {
    isReliable: false,
    carry: ((poke, { onData, cut }) => {
      const fate = connection.isReliable ? 1 : random();
      if (fate < 0.15) return;
      if (fate < 0.3) return void (late ??= poke);
      onData(poke);
      if (fate < 0.4) onData(poke);
      if (late && fate < 0.7) {
        onData(late);
        late = null;
      }
      if (fate > 0.98 && fate < 1) cut();
    }) satisfies Carry as Carry,
  };
  return connection;
}

/** What a device shows of the books, and what the server would send it. */
async function differences({ replica }: Device, isReader: boolean): Promise<string[]> {
  const actor = isReader ? toy.reader : toy.librarian;
  const { documents } = await pullAll(toy.server, actor, { collection: 'books' });
  const there = new Map(documents.filter(({ _deleted }) => !_deleted).map((each) => [each.id, each]));
  const here = new Map(
    (await replica.collection('books').find().exec()).map((each) => [each.id, each.toJSON()]),
  );
  return [...new Set([...there.keys(), ...here.keys()])].filter(
    (id) => there.get(id)?.['seq'] !== here.get(id)?.seq || there.get(id)?.['title'] !== here.get(id)?.title,
  );
}

test.each(seeds)(
  'a replica is like the server again after its live stream has lost, doubled and delayed events (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const random = seeded(seed);
    const servers: Live[] = [createLive(toy.server), createLive(toy.server)];
    const on = (n: number): Live => servers[n] ?? createLive(toy.server);
    const connections = [unreliable(random), unreliable(random)];
    const devices: [Device, boolean][] = [
      [await deviceOf(toy.reader, { live: on(0), carry: connections[0]?.carry }), true],
      [await deviceOf(toy.librarian, { live: on(1), carry: connections[1]?.carry }), false],
    ];
    for (const [{ network }] of devices) network.delayMs = () => random() * 30;
    const shelf = await addShelf();
    const written: string[] = [];
    for (let i = 0; i < rounds; i += 1) {
      // A shelf that moves writes all its books again, which would heal what was lost before.
      await writeSomething(i < rounds / 3 ? random : () => random() * 0.85, shelf, written);
      if (random() < 0.3) await turnPage(devices[1]?.[0], random, i);
      if (i === 5) await restart(servers);
      for (const live of servers) if (random() < 0.7) live.poll();
      await new Promise((soon) => setTimeout(soon, random() * 15));
    }
    for (const connection of connections) connection.isReliable = true;
    for (let last = 0; last < 2; last += 1) {
      await writeSomething(() => 0, await addShelf(), written); // both see it
      for (const live of servers) live.poll();
      await new Promise((soon) => setTimeout(soon, 100));
    }
    for (const [device, isReader] of devices)
      await expect.poll(() => differences(device, isReader), { timeout: 20_000 }).toEqual([]);
    for (const [{ replica }] of devices) await replica.replication.stop();
    for (const live of servers) await live.stop();
  },
);

/** A new generation ends every stream. The replicas compare themselves, and open new ones after a second at most. */
async function restart(servers: readonly Live[]): Promise<void> {
  await beginGeneration(toy.server);
  for (const live of servers) live.poll();
  await new Promise((soon) => setTimeout(soon, 1_500));
}

/** The librarian writes on their device, so pushes and events concern the same documents at the same time. */
async function turnPage(device: Device | undefined, random: () => number, page: number): Promise<void> {
  const known = (await device?.replica.collection('books').find().exec()) ?? [];
  const book = known[Math.floor(random() * Math.min(known.length, mostChanged))];
  if (book) await device?.replica.patch('books', book.id, { page });
}

/** A new book, a changed title, or a shelf that moves to another room, which hides its books from the reader or shows them. */
async function writeSomething(random: () => number, shelf: string, written: string[]): Promise<void> {
  const { server, librarian } = toy;
  const fate = random();
  const push = (collection: string, base: object | null, next: object) =>
    pushRows(server, librarian, { collection, rows: [{ base: base && { ...base }, next: { ...next } }] });
  if (fate < 0.5 || written.length === 0) {
    const book = { ...bookOn(shelf, `Book ${written.length}`), writtenAt: server.now() };
    await push('books', null, book);
    written.push(book.id);
  } else if (fate < 0.85) {
    const base = await findDocument(server, books, {
      where: { id: written[Math.floor(random() * written.length)] },
    });
    await push('books', base, { ...base, title: `Title ${random()}`, writtenAt: server.now() + random() });
  } else {
    const base = await findDocument(server, shelves, { where: { id: shelf } });
    const room = base?.room === 'east' ? 'west' : 'east';
    await push('shelves', base, { ...base, room, writtenAt: server.now() + random() });
  }
}
