import type { Day } from '#shared/billing/day.ts';
import type { Fields } from '#shared/engine/collection.ts';
import { heldFor, openOf } from '#shared/invoices/balance.ts';
import { takenBack } from '#shared/invoices/corrections.ts';
import { newInvoice } from '#shared/invoices/new-invoice.ts';
import { newPayment } from '#shared/invoices/new-payment.ts';
import { payments } from '#shared/invoices/payment-schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import { allEmails, people } from '#shared/people/schema.ts';
import type { Actor } from '#shared/people/actor.ts';
import { push } from '#sync/server/push.ts';
import { findDocuments } from '#sync/server/row.ts';
import { type Server, transact } from '../../server/context.ts';
import { oneOf, type Numbers } from '../numbers.ts';
import { writer } from './cast.ts';

/*
 * Two accountants who work without a network. Each sees the books as they were at the beginning of a round, and writes
 * payments, refunds, drafts and corrections, and issues what is drafted. Both often choose the same invoice. What they wrote
 * is sent while the billing runs work and the database dies, and sent again until it has an answer.
 */

type Row = { by: Actor; collection: 'payments' | 'invoices'; base: Fields | null; next: Fields; at: number };
export type Accountants = {
  /** Both write what they would do on a day. Nothing is sent. */
  write: (day: Day) => Promise<void>;
  /** Sends what has no answer yet. It stops at the first fault. */
  send: () => Promise<void>;
  /** What was answered to each row: 'accepted', or the code of the refusal. */
  answers: { id: string; isNew: boolean; code: string }[];
};

/** Adds two accountants to the database, who have written nothing yet. */
export async function createAccountants(server: Server, next: Numbers): Promise<Accountants> {
  const actors = await addAccountants(server);
  const queues = new Map<Actor, Row[]>(actors.map((actor) => [actor, []]));
  const answers: Accountants['answers'] = [];

  async function write(day: Day): Promise<void> {
    const at = Date.parse(`${day}T12:00:00Z`);
    const seen = await findDocuments(server, invoices, { order: ['id'] });
    // A few invoices at a time, so that both often choose the same.
    const few = seen.toSorted((a, b) => b.recent - a.recent).slice(0, 6);
    for (const by of actors) {
      for (const invoice of few) {
        const row = next() < 0.6 ? actOn(server, invoice, { by, at, next }) : null;
        if (row) queues.get(by)?.push(row);
      }
    }
  }

  async function send(): Promise<void> {
    await Promise.all(
      actors.map(async (by) => {
        const queue = queues.get(by) ?? [];
        for (let row = queue[0]; row; row = queue[0]) {
          const { collection, base, next: fields, at } = row;
          const answer = await push({ ...server, now: () => at }, by, {
            collection,
            device: by.name,
            deviceNow: at,
            epoch: 0,
            rows: [{ base, next: fields }],
          });
          const code = answer.refusals[0]?.code ?? 'accepted';
          answers.push({ id: fields.id, isNew: base === null, code });
          queue.shift();
        }
      }),
    );
  }

  return { write, send, answers };
}

async function addAccountants(server: Server): Promise<Actor[]> {
  const { result } = await transact(server, writer(server), async (tx) => {
    const added: Actor[] = [];
    for (const name of ['ines', 'olga']) {
      const { id } = await tx.create(people, {
        id: server.newId(),
        username: name,
        displayName: name,
        email: `${name}@test.example`,
        role: 'accountant',
        status: 'verified',
        language: 'en',
        available: false,
        preferences: allEmails,
        taxTreatment: null,
        taxHold: null,
        identity: null,
      });
      added.push({ id, role: 'accountant', name });
    }
    return added;
  });
  return result;
}

type Turn = { by: Actor; at: number; next: Numbers };

/** What one accountant does about an invoice, as they see it. */
function actOn(server: Server, invoice: Invoice, turn: Turn): Row | null {
  const { by, at, next } = turn;
  const { status, total, client, lines } = invoice;
  if (status === 'draft') {
    // Issued with the total that was shown.
    const changes = { status: 'unpaid', approvedTotal: total, writtenAt: at + 1 };
    return { by, collection: 'invoices', base: invoice, next: { ...invoice, ...changes }, at };
  }
  const [line] = lines;
  const choice = next();
  if (choice < 0.35 && openOf(invoice) > 0)
    return book(server, invoice, { ...turn, amount: openOf(invoice) });
  if (choice < 0.55 && heldFor(invoice) > 0)
    return book(server, invoice, { ...turn, amount: -heldFor(invoice) });
  if (choice < 0.8 && line && invoice.kind !== 'rectifying') {
    const { corrects, reason } = { corrects: invoice.id, reason: 'Agreed' };
    const amount = next() < 0.5 ? line.amount : Math.ceil(line.amount / 2);
    return draft(server, { client, lines: [takenBack(line, amount)], corrects, reason }, turn);
  }
  if (choice < 0.95 && line) {
    const own = { ...line, order: null, orderNumber: null, from: null, to: null };
    const { prorated: _, ...rest } = own;
    const price = oneOf([100, 250, 999], next()) ?? 100;
    return draft(
      server,
      { client, lines: [{ ...rest, quantity: 1, unitPrice: price, amount: price }] },
      turn,
    );
  }
  return null;
}

function book(server: Server, { id, client }: Invoice, { by, at, amount }: Turn & { amount: number }): Row {
  const payment = newPayment({
    id: server.newId(),
    invoice: id,
    client,
    day: new Date(at).toISOString().slice(0, 10),
    amount,
    method: 'transfer',
    reference: '',
    source: 'hand',
    bookedBy: by.id,
  });
  return { by, collection: 'payments', base: null, next: written(payment, at), at };
}

function draft(
  server: Server,
  input: Pick<Invoice, 'client' | 'lines'> & Partial<Pick<Invoice, 'corrects' | 'reason'>>,
  { by, at }: Turn,
): Row {
  const invoice = newInvoice({ id: server.newId(), description: '', ...input }, at);
  return { by, collection: 'invoices', base: null, next: written(invoice, at), at };
}

const written = (document: { id: string }, at: number): Fields => ({
  ...document,
  createdAt: at,
  updatedAt: at,
  writtenAt: at,
  seq: 0,
});

/**
 * The faults of the books that the accountants wrote: one entry each. An accepted row is there exactly once, a refused one is
 * not there, no more goes back for an invoice than is held at that moment, and what was issued is what was shown.
 */
export async function faultsOf(server: Server, { answers }: Accountants): Promise<string[]> {
  const booked = await findDocuments(server, payments, { order: ['seq'] });
  const all = await findDocuments(server, invoices, {});
  const known = new Set([...booked, ...all].map(({ id }) => id));
  const faults: string[] = [];
  for (const { id, isNew, code } of answers) {
    if (isNew && known.has(id) !== (code === 'accepted'))
      faults.push(`${id} is ${code}, and ${known.has(id) ? 'there' : 'lost'}`);
  }
  for (const invoice of all) {
    let held = 0;
    for (const { amount, invoice: of } of booked) {
      if (of !== invoice.id) continue;
      held += amount;
      if (held < 0) faults.push(`${invoice.number ?? ''} gives back ${-held} more than is held`);
    }
    if (held !== invoice.paid)
      faults.push(`${invoice.number ?? ''} has ${held} booked and says ${invoice.paid}`);
    const { approvedTotal, total, status, number } = invoice;
    if (status !== 'draft' && approvedTotal !== null && approvedTotal !== total)
      faults.push(`${number ?? ''} was shown with ${approvedTotal} and issued with ${total}`);
    if (-invoice.corrected > total && invoice.kind !== 'rectifying')
      faults.push(`${number ?? ''} is corrected by ${-invoice.corrected} of ${total}`);
  }
  return faults;
}
