import type { QueryOptions, Sequelize, Transaction } from 'sequelize';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { modelOf, type SyncServer } from './context.ts';
import { perTransaction } from './per-transaction.ts';
import { columnOf, insertRows, nameOf, toRow } from './row.ts';

/*
 * The writes of a transaction are collected and sent together: new documents of a collection by one statement, and each
 * changed document once. Any other statement of the transaction sends them first, so that it sees what was written. A
 * statement that no written document concerns says so (`aside`), and does not send them.
 */

type Write = { collection: Collection; isNew: boolean; values: Fields };

const pendingIn = perTransaction(() => ({
  writes: new Map<string, Write>(),
  sending: Promise.resolve(),
}));

/** Options of a statement that reads and writes nothing that the documents of this transaction are about. */
export const aside = { isAside: true } as const;

/** `aside`, unless documents of this collection are to be sent: then the statement has to see them. */
export function asideUnless(transaction: Transaction, { name }: Collection): Partial<typeof aside> {
  const isPending = [...pendingIn(transaction).writes.values()].some(
    (write) => write.collection.name === name,
  );
  return isPending ? {} : aside;
}

const keyOf = ({ name }: Collection, id: string) => `${name} ${id}`;

/** Adds a new document to what is to be sent. */
export function insertLater(transaction: Transaction, collection: Collection, document: Fields): void {
  const key = keyOf(collection, document.id);
  pendingIn(transaction).writes.set(key, { collection, isNew: true, values: document });
}

/** Adds the changed fields of a document to what is to be sent. */
export function updateLater(
  transaction: Transaction,
  collection: Collection,
  { id, ...changed }: Partial<Fields> & { id: string },
): void {
  const { writes } = pendingIn(transaction);
  const key = keyOf(collection, id);
  const { isNew = false, values = {} } = writes.get(key) ?? {};
  writes.set(key, { collection, isNew, values: { ...values, ...changed, id } });
}

/** Sends everything that a transaction has written so far. */
export async function sendPending(server: SyncServer, transaction: Transaction): Promise<void> {
  const pending = pendingIn(transaction);
  const writes = [...pending.writes.values()];
  pending.writes.clear();
  if (writes.length > 0) pending.sending = pending.sending.then(() => send(server, transaction, writes));
  await pending.sending;
}

async function send(server: SyncServer, transaction: Transaction, writes: readonly Write[]): Promise<void> {
  // In the order in which they were made: a document may refer to an earlier one.
  for (const run of runsOf(writes.filter(({ isNew }) => isNew))) await insert(server, transaction, run);
  const updates = writes.filter(({ isNew }) => !isNew);
  for (const write of updates.filter((each) => !isSeqOnly(each))) await update(server, transaction, write);
  for (const [, some] of Map.groupBy(updates.filter(isSeqOnly), ({ collection }) => collection)) {
    for (const run of runsOf(some)) await storeSeqs(server, transaction, run);
  }
}

/** True if only the seq is to be stored, because the rest of the document was sent before. */
const isSeqOnly = ({ isNew, values }: Write) =>
  !isNew && Object.keys(values).every((field) => field === 'id' || field === 'seq');

const mostAtOnce = 200;

/** Divides writes into runs of the same collection. */
function runsOf(writes: readonly Write[]): Write[][] {
  const runs: Write[][] = [];
  for (const write of writes) {
    const last = runs.at(-1);
    if (last && last[0]?.collection === write.collection && last.length < mostAtOnce) last.push(write);
    else runs.push([write]);
  }
  return runs;
}

async function insert(server: SyncServer, transaction: Transaction, run: readonly Write[]): Promise<void> {
  const [first] = run;
  if (!first) return;
  const { collection } = first;
  // Documents may lack optional fields, but rows of one statement have the same.
  const fields = Object.keys(collection.schema.shape);
  const rows = run.map(({ values }) =>
    toRow(collection, Object.fromEntries(fields.map((field) => [field, values[field] ?? null]))),
  );
  await insertRows(server, modelOf(server, collection), rows, { transaction, ...aside });
}

async function update(
  server: SyncServer,
  transaction: Transaction,
  { collection, values: { id, ...values } }: Write,
): Promise<void> {
  const table = modelOf(server, collection);
  const row = Object.entries(toRow(collection, values));
  const sets = row.map(([field]) => `${columnOf(table, field)} = ?`).join(', ');
  await server.db.query(`UPDATE ${nameOf(table)} SET ${sets} WHERE id = ?`, {
    replacements: [...row.map(([, value]) => value), id],
    transaction,
    ...aside,
  } as QueryOptions);
}

async function storeSeqs(server: SyncServer, transaction: Transaction, run: readonly Write[]): Promise<void> {
  const [first] = run;
  if (!first) return;
  const ids = run.map(({ values }) => values.id);
  const seqs = run.map(({ values }) => values['seq']);
  const sql = `UPDATE ${nameOf(modelOf(server, first.collection))} SET seq = ELT(FIELD(id, ?), ?) WHERE id IN (?)`;
  await server.db.query(sql, { replacements: [ids, seqs, ids], transaction, ...aside } as QueryOptions);
}

const prepared = new WeakSet<Sequelize>();

/** Makes every statement of a transaction send the pending writes first. Called before the first transaction. */
export function sendBeforeStatements(server: SyncServer): void {
  if (prepared.has(server.db)) return;
  prepared.add(server.db);
  server.db.addHook('beforeQuery', async ({ transaction, ...options }: QueryOptions) => {
    const isAtEnd = 'completesTransaction' in options; // a commit or a rollback
    if (transaction && !isAtEnd && !('isAside' in options)) await sendPending(server, transaction);
  });
}
