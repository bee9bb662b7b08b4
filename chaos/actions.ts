import { addDays } from '#shared/billing/day.ts';
import { dayOf, periodAt } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import type { Documents } from '#shared/collections.ts';
import { bankLineOf, newCorrection, newPayment } from './new-money.ts';
import {
  choose,
  identityOf,
  insert,
  lineOf,
  newDraft,
  newId,
  addMessage,
  newFile,
  openTicket,
  patch,
  type Here,
} from './new-documents.ts';
import { oneOf } from './numbers.ts';
import type { Write } from './wire.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import type { Role } from '#shared/people/schema.ts';
import { readReceiptId } from '#shared/tickets/read-receipt-schema.ts';

/**
 * Something that a person with one of these roles can do. `weight` is its relative frequency. An empty list
 * of writes means that there is no fitting document at the moment.
 */
export type Action = {
  name: string;
  roles: readonly Role[];
  weight: number;
  make: (here: Here) => Promise<Write[]>;
};

const client: readonly Role[] = ['client'];
const staff: readonly Role[] = ['helpdesk', 'accountant', 'admin'];
const books: readonly Role[] = ['accountant', 'admin'];
const admin: readonly Role[] = ['admin'];
const everybody: readonly Role[] = ['client', ...staff];

type Ticket = Documents['tickets'];
const owed = ({ number, kind, status }: Documents['invoices']) =>
  number !== null && kind !== 'rectifying' && status !== 'paid';
const queuesOf = {
  client: ['technical', 'billing'],
  helpdesk: ['technical'],
  accountant: ['billing'],
} as const;
const queueOf = ({ me, next }: Here): Ticket['queue'] =>
  oneOf(queuesOf[me.role === 'admin' ? 'client' : me.role], next()) ?? 'technical';
const isOpen = ({ status }: Ticket) => status === 'open';
const isClient = ({ role }: Documents['people']) => role === 'client';
const today = (here: Here) => dayOf(here.now(), 'Europe/Madrid');
const tomorrow = (here: Here) => addDays(today(here), 1);

/** The writes for the document that was found; no writes if none was found. */
async function to<T>(found: Promise<T | undefined>, writes: (document: T) => Write[]): Promise<Write[]> {
  const document = await found;
  return document === undefined ? [] : writes(document);
}

/**
 * Matches the person's own messages that can be redacted. A client's replica does not hold the author of a
 * message, so a client's own messages are recognised by their side.
 */
const isOwn = (here: Here) => (message: Documents['messages']) =>
  message.kind !== 'event' &&
  !message.redacted &&
  (here.me.role === 'client' ? message.side === 'client' : message.author === here.me.id);

async function placeOrder(here: Here, whose: string): Promise<Write[]> {
  return to(
    choose(
      here,
      'services',
      ({ available, pricedByAdmin, prices }) => available && (pricedByAdmin || prices.length > 0),
    ),
    (service) => {
      const row = oneOf(service.prices, here.next());
      const options = service.options.map(({ key, choices, range }) => ({
        key,
        quantity: choices ? (oneOf(choices, here.next()) ?? 0) : (range?.min ?? 0),
      }));
      const amount = row ? priceOf(row, service.options, options) : null;
      return [
        insert(
          'orders',
          newOrder({
            id: newId(here),
            service: service.id,
            client: whose,
            options,
            instanceName: `box ${here.token()}`,
            orderedOn: today(here),
            billingPeriod: row?.billingPeriod ?? 'month',
            alignment: 'anniversary',
            chargedAt: service.chargedAt,
            prices: amount === null ? [] : [{ from: today(here), amount }],
            terms: here.me.id === whose && amount !== 0 ? { language: 'en', version: 1 } : null,
          }),
        ),
      ];
    },
  );
}

/**
 * The end date of an order: the end of its current period, which is the only day a client may choose (staff
 * may choose any). Three times in ten it is null, which withdraws a planned end.
 */
function endOf(here: Here, { anchor, billingPeriod, alignment }: Documents['orders']): string | null {
  if (here.next() < 0.3 || anchor === null || billingPeriod === 'once') return null;
  return periodAt({ anchor, billingPeriod, alignment }, today(here)).end;
}

async function readTicket(here: Here): Promise<Write[]> {
  const ticket = await choose(here, 'tickets');
  if (!ticket) return [];
  const id = readReceiptId(here.me.id, ticket.id);
  const readAt = here.now();
  const known = (await here.all('readReceipts')).some((receipt) => receipt.id === id);
  if (known) return [patch('readReceipts', { id }, { readAt })];
  return [insert('readReceipts', { id, person: here.me.id, ticket: ticket.id, readAt })];
}

/**
 * Changes the options of an order, from its next period or now. A change that is already pending is withdrawn
 * every other time.
 */
async function changeOrder(here: Here): Promise<Write[]> {
  const order = await choose(
    here,
    'orders',
    ({ status, cancelsOn }) => (status === 'active' || status === 'setting up') && cancelsOn === null,
  );
  if (!order) return [];
  if (order.change) return here.next() < 0.5 ? [patch('orders', order, { change: null })] : [];
  const services = await here.all('services');
  const billingPeriod = (service: Documents['services']) =>
    service.prices.find((row) => row.billingPeriod === order.billingPeriod);
  const service = oneOf(
    services.filter((each) => each.available && billingPeriod(each) && each.options.length > 0),
    here.next(),
  );
  const row = service && billingPeriod(service);
  if (!service || !row) return [];
  const options = service.options.map(({ key, choices, range }) => ({
    key,
    quantity: choices ? (oneOf(choices, here.next()) ?? 0) : (range?.min ?? 0),
  }));
  const when = here.next() < 0.5 ? ('now' as const) : ('next' as const);
  const amount = priceOf(row, service.options, options);
  return [patch('orders', order, { change: { when, service: service.id, options, amount, on: null } })];
}

function editService(here: Here, service: Documents['services']): Write[] {
  const changes: Partial<Documents['services']>[] = [
    { descriptions: { ...service.descriptions, en: `Now ${here.token()}` } },
    { available: !service.available },
    { chargedAt: service.chargedAt === 'start' ? 'end' : 'start' },
  ];
  return [patch('services', service, oneOf(changes, here.next()) ?? {})];
}

const nextStatuses: Record<string, readonly Documents['orders']['status'][]> = {
  'setting up': ['active', 'active', 'active', 'cancelled'],
  active: ['suspended', 'suspended', 'cancelled'],
  suspended: ['active', 'active', 'cancelled'],
};

// prettier-ignore
export const actions: readonly Action[] = [
  // tickets: clients
  { name: 'open ticket', roles: client, weight: 4, make: async (here) => {
    const order = here.next() < 0.5 ? await choose(here, 'orders') : undefined;
    const ticket = openTicket(here, { client: here.me.id, order: order?.id ?? null, queue: queueOf(here) });
    return [ticket, addMessage(here, ticket.fields as Ticket)]; // the ticket was created in the line above
  } },
  { name: 'answer', roles: everybody, weight: 8, make: (here) => to(choose(here, 'tickets'), (ticket) => [addMessage(here, ticket)]) },
  { name: 'close', roles: client, weight: 2, make: (here) => to(choose(here, 'tickets', isOpen), (ticket) => [patch('tickets', ticket, { status: 'closed' })]) },
  { name: 'answer and close', roles: everybody, weight: 2, make: (here) => to(choose(here, 'tickets', isOpen), (ticket) => [addMessage(here, ticket), patch('tickets', ticket, { status: 'closed' })]) },
  { name: 'reopen', roles: everybody, weight: 2, make: (here) => to(choose(here, 'tickets', (ticket) => !isOpen(ticket)), (ticket) => [patch('tickets', ticket, { status: 'open' })]) },
  { name: 'take back a text', roles: everybody, weight: 1, make: (here) => to(choose(here, 'messages', isOwn(here)), (message) => [patch('messages', message, { redacted: true })]) },
  { name: 'read', roles: everybody, weight: 4, make: readTicket },
  { name: 'attach', roles: everybody, weight: 2, make: (here) => to(choose(here, 'tickets'), (ticket) => {
    const message = addMessage(here, ticket);
    return [message, newFile(here, { kind: 'attachment', client: ticket.client, queue: ticket.queue, ticket: ticket.id, message: message.id })];
  }) },

  // tickets: staff
  { name: 'open ticket for a client', roles: staff, weight: 2, make: (here) => to(choose(here, 'people', isClient), ({ id }) => {
    const ticket = openTicket(here, { client: id, order: null, queue: queueOf(here), priority: here.next() < 0.3 ? 'high' : 'normal' });
    return [ticket, addMessage(here, ticket.fields as Ticket)]; // the ticket was created in the line above
  }) },
  { name: 'mail a late answer or not', roles: staff, weight: 2, make: (here) => to(choose(here, 'messages', ({ emailState, author }) => emailState === 'held' && (author === here.me.id || here.me.role === 'admin')), (message) =>
    [patch('messages', message, { emailState: here.next() < 0.6 ? 'due' : 'dropped' })]) },
  { name: 'note', roles: staff, weight: 3, make: (here) => to(choose(here, 'tickets'), (ticket) => [addMessage(here, ticket, 'note')]) },
  { name: 'take', roles: staff, weight: 3, make: (here) => to(choose(here, 'tickets', ({ assignee }) => assignee !== here.me.id), (ticket) => [patch('tickets', ticket, { assignee: here.me.id })]) },
  { name: 'release', roles: staff, weight: 1, make: (here) => to(choose(here, 'tickets', ({ assignee }) => assignee !== null), (ticket) => [patch('tickets', ticket, { assignee: null })]) },
  { name: 'assign', roles: staff, weight: 2, make: async (here) => {
    const colleague = await choose(here, 'people', ({ role }) => role !== 'client');
    return to(choose(here, 'tickets'), (ticket) => colleague ? [patch('tickets', ticket, { assignee: colleague.id })] : []);
  } },
  { name: 'close with a comment', roles: staff, weight: 3, make: (here) => to(choose(here, 'tickets', isOpen), (ticket) =>
    [patch('tickets', ticket, { status: here.next() < 0.5 ? 'closed' : 'nofix', closingComment: `Done ${here.token()}` })]) },
  { name: 'priority', roles: staff, weight: 2, make: (here) => to(choose(here, 'tickets'), (ticket) => [patch('tickets', ticket, { priority: ticket.priority === 'high' ? 'normal' : 'high' })]) },
  { name: 'hand over', roles: staff, weight: 1, make: (here) => to(choose(here, 'tickets'), (ticket) => [patch('tickets', ticket, { queue: ticket.queue === 'billing' ? 'technical' : 'billing' })]) },
  { name: 'save a reply', roles: staff, weight: 1, make: (here) => Promise.resolve([insert('cannedReplies', { id: newId(here), title: `Hello ${here.token()}`, body: 'Dear', queue: queueOf(here), retired: false })]) },
  { name: 'edit a reply', roles: staff, weight: 1, make: (here) => to(choose(here, 'cannedReplies'), (reply) => [patch('cannedReplies', reply, { body: `Dear ${here.token()}` })]) },
  { name: 'retire a reply', roles: staff, weight: 1, make: (here) => to(choose(here, 'cannedReplies'), (reply) => [patch('cannedReplies', reply, { retired: !reply.retired })]) },

  // the own account
  { name: 'own name', roles: everybody, weight: 1, make: (here) => Promise.resolve([patch('people', here.me, { displayName: `Name ${here.token()}` })]) },
  { name: 'own language', roles: everybody, weight: 1, make: (here) => Promise.resolve([patch('people', here.me, { language: here.next() < 0.5 ? 'en' : 'es' })]) },
  { name: 'own e-mails', roles: everybody, weight: 1, make: (here) => Promise.resolve([patch('people', here.me, { preferences: { answers: here.next() < 0.8, status: here.next() < 0.8, announcements: here.next() < 0.5 } })]) },
  { name: 'own identity', roles: client, weight: 1, make: (here) => Promise.resolve([patch('people', here.me, { identity: identityOf(here) })]) },
  { name: 'available', roles: staff, weight: 1, make: (here) => Promise.resolve([patch('people', here.me, { available: here.next() < 0.7 })]) },

  // orders and services
  { name: 'order', roles: client, weight: 2, make: (here) => placeOrder(here, here.me.id) },
  { name: 'order for a client', roles: admin, weight: 1, make: async (here) => {
    const whose = await choose(here, 'people', isClient);
    return whose ? placeOrder(here, whose.id) : [];
  } },
  { name: 'cancel an order', roles: client, weight: 1, make: (here) => to(choose(here, 'orders', ({ status }) => status !== 'cancelled'), (order) => [patch('orders', order, { status: 'cancelled' })]) },
  { name: 'change an order', roles: ['client', 'admin'], weight: 3, make: changeOrder },
  { name: 'withdraw', roles: client, weight: 1, make: (here) => to(choose(here, 'orders', ({ status }) => status !== 'cancelled'), (order) => [patch('orders', order, { status: 'cancelled', cause: 'withdrawal' })]) },
  { name: 'end an order', roles: ['client', 'admin'], weight: 2, make: (here) => to(choose(here, 'orders', ({ status }) => status === 'active'), (order) => [patch('orders', order, { cancelsOn: endOf(here, order) })]) },
  { name: 'comment on an order', roles: client, weight: 1, make: (here) => to(choose(here, 'orders', ({ status }) => status === 'setting up'), (order) => [patch('orders', order, { comments: `Please ${here.token()}` })]) },
  { name: 'move an order', roles: admin, weight: 5, make: (here) => to(choose(here, 'orders', ({ status }) => status !== 'cancelled'), (order) =>
    [patch('orders', order, { status: oneOf(nextStatuses[order.status] ?? [], here.next()) ?? 'active' })]) },
  { name: 'suspend an order later', roles: admin, weight: 2, make: (here) => to(choose(here, 'orders', ({ status, cancelsOn }) => status === 'active' && cancelsOn === null), (order) =>
    [patch('orders', order, { nextStatus: here.next() < 0.3 ? null : { on: tomorrow(here), status: 'suspended', reason: 'The machine moves', cause: null } })]) },
  { name: 'access details', roles: admin, weight: 1, make: (here) => to(choose(here, 'orders'), (order) => [patch('orders', order, { accessDetails: `ssh ${here.token()}` })]) },
  { name: 'notes', roles: admin, weight: 1, make: (here) => to(choose(here, 'orders'), (order) => [patch('orders', order, { notes: `Mind ${here.token()}` })]) },
  { name: 'price', roles: admin, weight: 1, make: (here) => to(choose(here, 'orders', ({ status }) => status !== 'cancelled'), (order) =>
    [patch('orders', order, { prices: [...order.prices, { from: today(here), amount: 100 + Math.floor(here.next() * 900) }] })]) },
  { name: 'new service', roles: admin, weight: 1, make: (here) => Promise.resolve([insert('services', { id: newId(here), slug: `Service ${here.token()}`, names: { en: '', es: '' }, taglines: { en: '', es: '' }, type: 'standard',
    prices: [{ amount: 300, billingPeriod: 'month', terms: [] }], options: [], pricedByAdmin: false, chargedAt: 'start', descriptions: { en: 'New', es: '' }, available: true })]) },
  { name: 'edit a service', roles: admin, weight: 1, make: (here) => to(choose(here, 'services'), (service) => editService(here, service)) },
  { name: 'announce to a service', roles: admin, weight: 1, make: (here) => to(choose(here, 'services'), (service) => [insert('announcements', { id: newId(here), audience: 'service',
    service: service.id, client: null, title: `Only ${here.token()}`, body: 'We moved.', authorName: here.me.name, recent: -here.now() })]) },
  { name: 'announce', roles: admin, weight: 1, make: (here) => Promise.resolve([insert('announcements', { id: newId(here), audience: here.next() < 0.5 ? 'clients' : 'everybody',
    service: null, client: null, title: `News ${here.token()}`, body: 'We moved.', authorName: here.me.name, recent: -here.now() })]) },

  // money
  { name: 'proof', roles: client, weight: 1, make: (here) => to(choose(here, 'invoices'), (invoice) => [newFile(here, { kind: 'proof', client: here.me.id, invoice: invoice.id })]) },
  { name: 'payment', roles: books, weight: 4, make: (here) => to(choose(here, 'invoices', ({ number }) => number !== null), (invoice) => {
    const amount = oneOf([invoice.total - invoice.paid, Math.ceil(invoice.total / 3), -100], here.next()) ?? 0;
    return [insert('payments', { ...newPayment(here, invoice), amount: amount === 0 ? 100 : amount })];
  }) },
  { name: 'pay by credit', roles: books, weight: 2, make: (here) => to(choose(here, 'invoices', owed), (invoice) =>
    [insert('payments', { ...newPayment(here, invoice), amount: Math.ceil(invoice.total / 4), method: 'credit', source: 'credit' })]) },
  { name: 'book a bank line', roles: books, weight: 2, make: (here) => to(choose(here, 'invoices', owed), (invoice) =>
    [insert('payments', { ...newPayment(here, invoice), amount: Math.ceil(invoice.total / 2), source: 'statement', ...bankLineOf(here) })]) },
  { name: 'correct an invoice', roles: books, weight: 2, make: (here) => to(choose(here, 'invoices', ({ number, kind, lines }) => number !== null && kind !== 'rectifying' && lines.length > 0), (invoice) =>
    [newCorrection(here, invoice)]) },
  { name: 'draft', roles: books, weight: 2, make: (here) => to(choose(here, 'people', isClient), ({ id }) => [newDraft(here, id)]) },
  { name: 'rewrite a draft', roles: books, weight: 2, make: (here) => to(choose(here, 'invoices', ({ status }) => status === 'draft'), (draft) => [patch('invoices', draft, { lines: [lineOf(here), lineOf(here)] })]) },
  { name: 'issue a draft', roles: books, weight: 2, make: (here) => to(choose(here, 'invoices', ({ status }) => status === 'draft'), (draft) => [patch('invoices', draft, { status: 'unpaid', approvedTotal: draft.total })]) },
  { name: 'identity of a client', roles: books, weight: 1, make: (here) => to(choose(here, 'people', isClient), (person) => [patch('people', person, { identity: identityOf(here) })]) },
  { name: 'tax of a client', roles: books, weight: 1, make: (here) => to(choose(here, 'people', isClient), (person) => [patch('people', person, {
    taxTreatment: here.next() < 0.3 ? null : { rate: { percent: 1000, category: 'S', reason: null }, reason: `As ${here.token()}` } })]) },
  { name: 'review a proof', roles: books, weight: 1, make: (here) => to(choose(here, 'files', ({ kind, state }) => kind === 'proof' && state !== 'accepted'), (file) =>
    [patch('files', file, here.next() < 0.5 ? { state: 'accepted' } : { state: 'refused', reason: `Blurred ${here.token()}` })]) },
];

export function actionsOf(role: Role): Action[] {
  return actions.filter(({ roles }) => roles.includes(role));
}
