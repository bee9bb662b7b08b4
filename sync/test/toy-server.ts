import { randomBytes } from 'node:crypto';
import { TRPCClientError } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { DataTypes, type ModelAttributes, type Sequelize } from 'sequelize';
import { inject } from 'vitest';
import type { Actor } from '#shared/engine/actor.ts';
import { storageNameOf, type Collection, type Fields } from '#shared/engine/collection.ts';
import { EngineError } from '#shared/engine/domain-error.ts';
import { idsInOrder } from '#shared/engine/ids.ts';
import { connect } from '../../server/database/connect.ts';
import { defineModels } from '../../server/models/models.ts';
import type {} from '../../server/test/mariadb.ts'; // what inject() knows
import { copyDatabase } from '../../server/test/copy-database.ts';
import type { SyncApi } from '../client/api-client.ts';
import type { Poke, Pulled, PushRequest, PushResponse } from '../protocol.ts';
import type { SyncServer, SyncSetup, Table } from '../server/context.ts';
import { push } from '../server/push.ts';
import type { Live } from '../server/live.ts';
import { pull } from '../server/read.ts';
import { createSyncRouter, type SyncContext } from '../server/router.ts';
import { books, shelves, toyRights, toys, type Book } from '../toy-collections.ts';

/* The engine on a real MariaDB, with two toy collections and no line of the product's own collections. */

export type ToyServer = SyncServer & { hooksRun: string[]; close: () => Promise<void> };

const tables = [
  `CREATE TABLE shelves (
    id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, written_at BIGINT NOT NULL, seq BIGINT NOT NULL,
    room VARCHAR(8) NOT NULL, title VARCHAR(40) NOT NULL, KEY seq (seq)
  )`,
  `CREATE TABLE books (
    id CHAR(36) CHARACTER SET ascii NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, written_at BIGINT NOT NULL, seq BIGINT NOT NULL,
    shelf CHAR(36) CHARACTER SET ascii NOT NULL, room VARCHAR(8) NOT NULL,
    owner CHAR(36) CHARACTER SET ascii NOT NULL, title VARCHAR(40) NOT NULL, note VARCHAR(100) NOT NULL,
    page INT NOT NULL, KEY seq (seq), FOREIGN KEY (shelf) REFERENCES shelves (id)
  )`,
];

/** Opens the engine on a database of its own. */
export async function openToyServer(): Promise<ToyServer> {
  const named = (name: string) => inject('mariadb').replace('test_NAME', name);
  const url = named(`test_${randomBytes(6).toString('hex')}`);
  await copyDatabase(named('test_template'), url); // it has the engine's own tables: counters, removals, audit
  const db = connect(url, 20);
  for (const sql of tables) await db.query(sql);
  const { audit, removals } = defineModels(db);
  const hooksRun: string[] = [];
  const server: SyncServer = {
    db,
    models: { audit, removals, shelves: tableOf(db, shelves), books: tableOf(db, books) },
    now: Date.now,
    newId: idsInOrder(Date.now, () => randomBytes(10)),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    sync: setupWith(hooksRun),
  };
  return { ...server, hooksRun, close: () => db.close() };
}

/** The product's part: a book takes its room from its shelf, and a shelf that moves takes its books along. */
function setupWith(hooksRun: string[]): SyncSetup {
  return {
    collections: toys,
    rights: toyRights,
    // A session is named for its role.
    rolesOf: (_, sessions) => Promise.resolve(new Map(sessions.map((role) => [role, role]))),
    hooks: {
      books: [
        {
          async derive(tx, { before, after }) {
            hooksRun.push('derive');
            if (before) return {};
            const shelf = await tx.load(shelves, String(after['shelf']));
            if (!shelf) throw new EngineError('not-found', 'shelf');
            return { room: shelf.room, owner: tx.writer.actor?.id ?? tx.server.newId() };
          },
          afterWrite(_, { after }) {
            hooksRun.push('afterWrite');
            return after['title'] === 'Fails'
              ? Promise.reject(new Error('a hook failed'))
              : Promise.resolve();
          },
        },
      ],
      shelves: [
        {
          async afterWrite(tx, { before, after }) {
            if (!before || before['room'] === after['room']) return;
            const rows = await tx.server.models['books']?.findAll({
              where: { shelf: after.id },
              transaction: tx.transaction,
              raw: true,
            });
            for (const { id } of (rows ?? []) as unknown as Fields[]) {
              const book = await tx.load(books, id);
              if (book) await tx.update(books, book, { room: after['room'] as Book['room'] });
            }
          },
        },
      ],
    },
  };
}

function tableOf(db: Sequelize, collection: Collection): Table {
  const fields = Object.keys(collection.schema.shape);
  const numbers = ['createdAt', 'updatedAt', 'writtenAt', 'seq', 'page'];
  const columns = fields.map((field) => [
    field,
    { type: numbers.includes(field) ? DataTypes.BIGINT : DataTypes.STRING, primaryKey: field === 'id' },
  ]);
  return db.define(collection.name, Object.fromEntries(columns) as ModelAttributes, {
    tableName: storageNameOf(collection),
  });
}

export const actorNamed = (server: SyncServer, role: 'librarian' | 'reader'): Actor => ({
  id: server.newId(),
  role,
  name: role,
});

/** Pushes rows as a device does. */
export function pushRows(
  server: SyncServer,
  actor: Actor,
  { collection, rows }: { collection: string; rows: PushRequest['rows'] },
): Promise<Omit<PushResponse, 'generation'>> {
  const deviceNow = server.now();
  return push(server, actor, { collection, rows, epoch: 0, device: 'device', deviceNow });
}

/** Everything that a replica of this actor has after pulling from a checkpoint, in batches. */
export async function pullAll(
  server: SyncServer,
  actor: Actor,
  { collection, since = 0, limit = 100 }: { collection: string; since?: number; limit?: number },
): Promise<{ documents: Pulled[]; since: number }> {
  const all: Pulled[] = [];
  for (let from = since; ;) {
    const answer = await pull(server, actor, { collection, epoch: 0, since: from, limit });
    if ('reset' in answer) throw new Error('the replica was reset');
    const { documents, checkpoint } = answer;
    all.push(...documents);
    if (documents.length < limit) return { documents: all, since: checkpoint.seq };
    from = checkpoint.seq;
  }
}

/** The error of the tRPC client for a request without a response. Any other error would stop the replica. */
const noNetwork = () => TRPCClientError.from(new TypeError('Failed to fetch'));

/** The error of the tRPC client for a refusal. */
function asClientError(error: unknown): Error {
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof EngineError)) throw error;
  return TRPCClientError.from({
    error: { code: 0, message: '', data: { httpStatus: 409, errorCode: String(cause.code) } },
  });
}

/** `failOn`: the procedure whose requests fail. `delayMs`: how long the answer to a push takes. */
export type ToyNetwork = { online: boolean; failOn: 'first' | null; failed: number; delayMs: () => number };

const nobodyListens: Pick<Live, 'poll' | 'pokes'> = {
  poll: () => undefined,
  // eslint-disable-next-line @typescript-eslint/require-await, require-yield -- no event comes
  async *pokes() {
    return;
  },
};

/**
 * The API of a replica, without a network between. `online: false` fails every request.
 *
 * @param live the server's live streams @param carry delivers the events of a stream, and may lose or change them
 */
export function apiFor(
  server: SyncServer,
  actor: Actor,
  {
    live: { poll, pokes } = nobodyListens,
    carry = deliver,
  }: { live?: Pick<Live, 'poll' | 'pokes'>; carry?: Carry } = {},
): { api: SyncApi; network: ToyNetwork } {
  const network: ToyNetwork = { online: true, failOn: null, failed: 0, delayMs: () => 0 };
  const { procedure } = initTRPC.context<SyncContext>().create();
  const live = { poll, pokes } as Live; // nobody stops it
  const caller = createSyncRouter(procedure).createCaller({ server, live, actor, epoch: 0, session: '' });
  const through =
    <I, O>(name: 'first' | 'pull' | 'push', call: (input: I) => Promise<O>) =>
    async (input: I) => {
      if (network.online && network.failOn !== name) {
        const answer = await call(input).catch((error: unknown) => {
          throw asClientError(error);
        });
        const ms = name === 'push' ? network.delayMs() : 0;
        if (ms > 0) await new Promise((later) => setTimeout(later, ms));
        return answer;
      }
      network.failed += 1;
      throw noNetwork();
    };
  const api: SyncApi = {
    first: { query: through('first', caller.first) },
    pull: { query: through('pull', caller.pull) },
    push: { mutate: through('push', caller.push) },
    pokes: {
      subscribe(
        { epoch: replicaEpoch, since = {}, ...rest } = { since: {} },
        { onStarted, onData, onComplete },
      ) {
        const stop = new AbortController();
        const options = { ...rest, since, replicaEpoch, actor, epoch: 0, session: actor.role };
        const run = async () => {
          onStarted();
          for await (const poke of pokes(options, stop.signal))
            carry(poke, { onData, cut: () => stop.abort() });
          if (pokes !== nobodyListens.pokes) onComplete();
        };
        void run();
        return { unsubscribe: () => stop.abort() };
      },
    },
  };
  return { api, network };
}

export type Carry = (poke: Poke, to: { onData: (poke: Poke) => void; cut: () => void }) => void;
const deliver: Carry = (poke, { onData }) => onData(poke);
