import { randomBytes } from 'node:crypto';
import type { CollectionName, Documents } from '#shared/collections.ts';
import { uuidv7 } from '#shared/engine/ids.ts';
import { oneOf, type Numbers } from './numbers.ts';
import type { Write } from './wire.ts';
import type { Actor } from '#shared/people/actor.ts';
import { plainInvoice } from '#shared/invoices/schema.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';

/** The input of an action: who acts, what their replica holds now, and the random numbers of the decision. */
export type Here = {
  me: Actor;
  /** All documents of a collection, sorted by id. */
  all: <N extends CollectionName>(collection: N) => Promise<Documents[N][]>;
  next: Numbers;
  /** A text that occurs in no other write. */
  token: () => string;
  now: () => number;
};

type Times = 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq';

export const newId = ({ now }: Here) => uuidv7(now(), randomBytes(10));

export function insert<N extends CollectionName>(collection: N, document: Omit<Documents[N], Times>): Write {
  return { how: 'insert', collection, id: document.id, fields: document };
}

export function patch<N extends CollectionName>(
  collection: N,
  { id }: { id: string },
  fields: Partial<Documents[N]>,
): Write {
  return { how: 'patch', collection, id, fields };
}

/** One of the matching documents, chosen by the decision's next number. */
export async function choose<N extends CollectionName>(
  here: Here,
  collection: N,
  fits: (document: Documents[N]) => boolean = () => true,
): Promise<Documents[N] | undefined> {
  return oneOf((await here.all(collection)).filter(fits), here.next());
}

export function openTicket(
  here: Here,
  over: Pick<Documents['tickets'], 'client' | 'order' | 'queue'> & Partial<Documents['tickets']>,
): Write {
  const input = { id: newId(here), subject: `Cannot reach it ${here.token()}`, ...over };
  return insert('tickets', newTicket(input, here.now()));
}

export function addMessage(
  here: Here,
  ticket: Pick<Documents['tickets'], 'id' | 'client' | 'queue'>,
  kind: 'answer' | 'note' = 'answer',
): Write {
  const message = newMessage(ticket, {
    id: newId(here),
    author: here.me.id,
    authorName: here.me.name,
    side: here.me.id === ticket.client ? 'client' : 'staff',
    kind,
    body: `It says ${here.token()}`,
  });
  return insert('messages', message);
}

export function newFile(
  here: Here,
  over: Pick<Documents['files'], 'kind' | 'client'> & Partial<Documents['files']>,
): Write {
  return insert('files', {
    id: newId(here),
    queue: null,
    visibility: 'client',
    ticket: null,
    message: null,
    invoice: null,
    mediaType: 'text/plain',
    fileName: `file ${here.token()}.txt`,
    size: 12,
    sha256: randomBytes(32).toString('hex'),
    state: 'expected',
    reason: null,
    ...over,
  });
}

/** A draft invoice with one line. The server computes the amounts. */
export function newDraft(here: Here, client: string): Write {
  return insert('invoices', {
    id: newId(here),
    number: null,
    series: 'A',
    kind: 'full',
    client,
    description: '',
    date: null,
    dueDate: null,
    currency: 'EUR',
    language: 'en',
    lines: [lineOf(here)],
    totals: [],
    net: 0,
    tax: 0,
    total: 0,
    paid: 0,
    status: 'draft',
    seller: null,
    buyer: null,
    iban: '',
    paymentText: '',
    pdfHash: null,
    ...plainInvoice,
    recent: -here.now(),
  });
}

export function lineOf(here: Here): Documents['invoices']['lines'][number] {
  return {
    order: null,
    orderNumber: null,
    from: null,
    to: null,
    text: `Hours ${here.token()}`,
    quantity: 1 + Math.floor(here.next() * 3),
    unitPrice: 500,
    amount: 0,
    tax: { percent: 2100, category: 'S', reason: null },
  };
}

export function identityOf(here: Here): NonNullable<Documents['people']['identity']> {
  return {
    kind: 'business',
    legalName: `Firma ${here.token()} SL`,
    street: 'Calle de la Palma 14',
    postcode: '28004',
    city: 'Madrid',
    country: 'ES',
    taxNumber: 'B12345674',
    vatNumber: '',
    vatVerified: null,
  };
}
