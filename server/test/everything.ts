import { type CollectionName, type Documents, type Fields, collectionOf } from '#shared/collections.ts';
import { creators, type CreateLike } from './create-like.ts';
import { createPerson, madrid, system } from './test-server.ts';
import { type Server, transact, type Tx } from '../context.ts';
import { noBankLine } from '#shared/invoices/payment-schema.ts';
import { plainInvoice } from '#shared/invoices/schema.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { readReceiptId } from '#shared/tickets/read-receipt-schema.ts';

/**
 * A document in the database, with a name for test messages. `create` builds a similar new document and tells
 * whether the actor may create it.
 */
export type Sample = {
  name: string;
  collection: CollectionName;
  document: Fields;
  create?: CreateLike;
};

type New<N extends CollectionName> = Omit<
  Documents[N],
  'createdAt' | 'updatedAt' | 'writtenAt' | 'seq' | 'id'
>;

export const rate = { percent: 2100, category: 'S', reason: null } as const;
export const line = {
  order: null,
  orderNumber: null,
  from: null,
  to: null,
  text: 'Hours',
  quantity: 2,
  unitPrice: 500,
  amount: 1000,
  tax: rate,
};

/**
 * Creates documents of every collection in the states that rights depend on, for the clients "own-client" and
 * "tom". Their texts name the owner and the readers, so that the dump of a replica can be searched for
 * forbidden texts.
 */
export async function createEverything(server: Server): Promise<Sample[]> {
  const own = await createPerson(server, 'own-client', 'client');
  const tom = await createPerson(server, 'tom', 'client');
  const ana = await createPerson(server, 'own-helpdesk', 'helpdesk');
  const ines = await createPerson(server, 'own-accountant', 'accountant');
  const arturo = await createPerson(server, 'own-admin', 'admin');
  const samples: Sample[] = [];
  const { result } = await transact(server, system(server), async (tx) => {
    const add = adder(tx, samples);
    for (const person of [own, tom, ana, ines, arturo]) {
      samples.push({ name: `person ${person.username}`, collection: 'people', document: person });
    }
    const service = await add('services', 'a service', {
      slug: 'everything',
      names: { en: 'Everything', es: 'Todo' },
      taglines: { en: 'All of it', es: 'Todo ello' },
      type: 'standard',
      prices: [{ amount: 500, billingPeriod: 'month', terms: [] }],
      options: [],
      pricedByAdmin: false,
      chargedAt: 'start',
      descriptions: { en: 'in the catalogue', es: 'en el catálogo' },
      available: true,
    });
    for (const client of [own, tom]) {
      const whose = client.username;
      const orderOf = (status: Documents['orders']['status'], instanceName: string) =>
        add('orders', `${whose}'s order ${status}`, {
          ...order(client.id, service.id, instanceName),
          status,
          number: 9_000 + samples.length,
          history: status === 'setting up' ? [] : [{ on: '2026-01-01', status: 'active', reason: '', at: 1 }],
          anchor: status === 'setting up' ? null : '2026-01-01',
          accessDetails: `${whose} access-details`,
          notes: `${whose} management-notes`,
        });
      const active = await orderOf('active', 'one');
      await orderOf('setting up', 'two');
      await orderOf('cancelled', 'three');
      for (const queue of ['technical', 'billing'] as const) {
        const ticket = await add('tickets', `${whose}'s ${queue} ticket`, {
          ...ticketFields(client.id, samples.length, `${whose} ${queue} subject`),
          queue,
          order: active.id,
          assignee: queue === 'technical' ? ana.id : ines.id,
        });
        const addMessage = (
          kind: 'answer' | 'note',
          author: Documents['people'],
          emailState: Documents['messages']['emailState'] = 'due',
        ) =>
          add('messages', `${kind} (${emailState}) of ${author.username} on ${whose}'s ${queue} ticket`, {
            ...message(ticket, kind, `${whose} ${queue} ${kind} by ${author.role}`),
            emailState,
            author: author.id,
            authorName: author.username,
            side: author.role === 'client' ? 'client' : 'staff',
          });
        await addMessage('answer', client);
        await addMessage('answer', queue === 'technical' ? ana : ines);
        await addMessage('answer', queue === 'technical' ? ana : ines, 'held');
        await addMessage('note', queue === 'technical' ? ana : ines);
        await add('files', `attachment of ${whose}'s ${queue} ticket`, {
          ...file(client.id, samples.length, 'attachment'),
          queue,
          ticket: ticket.id,
        });
      }
      await add('tickets', `${whose}'s closed ticket`, {
        ...ticketFields(client.id, samples.length, `${whose} technical closed`),
        status: 'closed',
        closedAt: 1,
        closedBy: ana.id,
      });
      for (const status of ['draft', 'unpaid', 'paid'] as const) {
        const invoice = await add('invoices', `${whose}'s ${status} invoice`, {
          ...invoiceFields(client.id, `${whose} invoice ${status}`),
          status,
          number: status === 'draft' ? null : `A2026-9${samples.length}`,
        });
        if (status === 'draft') continue;
        await add('payments', `payment of ${whose}'s ${status} invoice`, {
          invoice: invoice.id,
          client: client.id,
          day: '2026-01-02',
          amount: 100,
          method: 'transfer' as const,
          reference: `${whose} payment`,
          source: 'hand' as const,
          bookedBy: ines.id,
          ...noBankLine,
        });
        const proof = { ...file(client.id, samples.length, 'proof'), invoice: invoice.id };
        await add('files', `proof of ${whose}'s ${status} invoice`, proof);
      }
    }
    for (const queue of ['technical', 'billing'] as const) {
      await add('cannedReplies', `${queue} reply`, {
        title: `${queue} reply`,
        body: 'Hello',
        queue,
        retired: false,
      });
    }
    for (const audience of ['clients', 'everybody'] as const) {
      const text = { title: `to ${audience}`, body: 'News', authorName: 'own-admin', recent: -1 };
      await add('announcements', `announcement to ${audience}`, {
        audience,
        service: null,
        client: null,
        ...text,
      });
    }
    for (const client of [own, tom]) {
      const copy = { audience: 'client' as const, service: service.id, client: client.id };
      const text = { title: `to ${client.username}`, body: 'News', authorName: 'own-admin', recent: -1 };
      await add('announcements', `announcement to ${client.username}`, { ...copy, ...text });
    }
    const tickets = samples.filter(({ collection }) => collection === 'tickets');
    for (const person of [own, tom, ana, ines, arturo]) {
      const ticket = tickets.find(
        ({ document }) => person.role !== 'client' || document['client'] === person.id,
      );
      if (!ticket) continue;
      const id = readReceiptId(person.id, ticket.document.id);
      await add(
        'readReceipts',
        `read receipt of ${person.username}`,
        { person: person.id, ticket: ticket.document.id, readAt: 5 },
        id,
      );
    }
    return samples;
  });
  return result;
}

function adder(tx: Tx, samples: Sample[]) {
  return async <N extends CollectionName>(
    collection: N,
    name: string,
    fields: New<N>,
    id = tx.server.newId(),
  ): Promise<Documents[N]> => {
    const document = (await tx.create(collectionOf(collection), { ...fields, id })) as Documents[N];
    const create = creators[collection]?.(document);
    samples.push({ name, collection, document, ...(create ? { create } : {}) });
    return document;
  };
}

function order(client: string, service: string, instanceName: string): New<'orders'> {
  return newOrder({
    id: '',
    number: 1,
    service,
    client,
    instanceName,
    orderedOn: '2026-01-01',
    billingPeriod: 'month',
    alignment: 'calendar',
    chargedAt: 'start',
    prices: [{ from: '2026-01-01', amount: 500 }],
    status: 'active',
    anchor: '2026-01-01',
    comments: 'please',
  });
}

function ticketFields(client: string, number: number, subject: string): New<'tickets'> {
  return newTicket({ id: '', number: 9_000 + number, client, queue: 'technical', subject }, 1);
}

function message(ticket: Documents['tickets'], kind: 'answer' | 'note', body: string): New<'messages'> {
  const by = { author: null, authorName: '', side: 'staff' } as const;
  return newMessage(ticket, { id: '', ...by, kind, body });
}

function file(client: string, n: number, kind: 'proof' | 'attachment'): New<'files'> {
  return {
    kind,
    client,
    queue: null,
    visibility: 'client',
    ticket: null,
    message: null,
    invoice: null,
    mediaType: 'image/png',
    fileName: `${kind}.png`,
    size: 10,
    sha256: n.toString(16).padStart(64, '0'),
    state: 'stored',
    reason: null,
  };
}

export function invoiceFields(client: string, description: string): New<'invoices'> {
  return {
    number: null,
    series: 'A',
    kind: 'full',
    client,
    description,
    date: '2026-01-01',
    dueDate: '2026-01-08',
    currency: 'EUR',
    language: 'en',
    lines: [line],
    totals: [{ rate, net: 1000, tax: 210 }],
    net: 1000,
    tax: 210,
    total: 1210,
    paid: 0,
    status: 'unpaid',
    seller: null,
    buyer: madrid,
    iban: '',
    paymentText: '',
    pdfHash: null,
    recent: -1,
    ...plainInvoice,
  };
}
