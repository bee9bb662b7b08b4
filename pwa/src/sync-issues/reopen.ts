import type { RouteLocationRaw } from 'vue-router';
import type { Fields } from '#shared/collections.ts';
import type { Refusal } from '../replica/replica.ts';
import { formOf } from '../people/account/identity-form.ts';
import { formOf as serviceForm } from '../services/service-form.ts';
import { addToDraft, readDraft, writeDraft } from '../replica/use-draft.ts';
import { useSession } from '../session/session.ts';
import { documentIn, wordsOf } from './describe-write.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { BillingIdentity } from '#shared/billing/billing-identity.ts';

/**
 * Puts a refused write back into its form, ready to be changed and sent again.
 *
 * @param related the refusals of the same group: a ticket, its messages and files
 * @returns the page with the form
 */
export async function reopen(refusal: Refusal, related: readonly Refusal[]): Promise<RouteLocationRaw> {
  const { collectionName: name, mine, base } = refusal;
  const ticket = related.find((each) => each.collectionName === 'tickets' && each.base === null);
  if (ticket) return newTicket(ticket.mine, related);
  if (name === 'messages' && base === null) return answer(mine);
  if (name === 'tickets' && closes(mine)) {
    const comment = textOf(mine['closingComment']);
    await keepForm(`close:${mine.id}`, { status: mine['status'], comment });
    return { path: `/tickets/${mine.id}`, query: { close: '1' } };
  }
  if (name === 'payments') {
    const { amount, day, method, reference, invoice } = mine;
    const typed = (Number(amount) / 100).toFixed(2);
    await keepForm(`payment:${String(invoice)}`, { typed, day, method, reference });
    return { path: `/invoices/${String(invoice)}`, query: { pay: '1' } };
  }
  if (name === 'people') return person(mine, base);
  if (name === 'announcements') {
    const { audience, service, title, body } = mine;
    const to = audience === 'service' ? 'clients' : audience;
    await keepForm('announcement', { audience: to, service, title, body });
  }
  if (name === 'cannedReplies') {
    const { title, body, queue } = mine;
    await keepForm(`saved-reply:${base ? mine.id : 'new'}`, { title, body, queue });
  }
  if (name === 'services') {
    await keepForm(`service:${base ? mine.id : 'new'}`, serviceForm(documentIn('services', mine)));
    return `/services/${base ? mine.id : 'new'}`;
  }
  if (name === 'files') return file(mine);
  if (name === 'invoices') return invoice(documentIn('invoices', mine), base === null);
  if (name === 'orders' && base === null) return newOrder(documentIn('orders', mine));
  if (name === 'orders') await changedOrder(documentIn('orders', mine), base);
  return name === 'orders' ? `/orders/${mine.id}` : pageOf(name, mine);
}

/**
 * True if `reopen` has a form for this refusal. Otherwise its text stays on the sync issues page.
 *
 * @param hasTicket for a message or file: its ticket is still on this device
 */
export function canReopen({ collectionName: name, mine, base }: Refusal, hasTicket: boolean): boolean {
  if (name === 'messages') return base === null && hasTicket;
  if (name === 'files') return typeof mine['ticket'] === 'string' && hasTicket;
  if (name === 'tickets') return base === null || closes(mine);
  if (name !== 'orders' || base === null) return true;
  const isText = ['accessDetails', 'notes'].some((field) => mine[field] !== base[field]);
  return isText || (mine['change'] ?? null) !== null;
}

/** The page that shows a document. */
export function pageOf(name: Refusal['collectionName'], document: Fields): string {
  if (name === 'messages' || name === 'readReceipts') return `/tickets/${String(document['ticket'])}`;
  if (name === 'tickets') return `/tickets/${document.id}`;
  if (name === 'payments') return `/invoices/${String(document['invoice'])}`;
  if (name === 'people') return document.id === useSession().me?.id ? '/account' : '/people';
  if (name === 'invoices') return `/invoices/${document.id}`;
  if (name === 'files') {
    const { ticket, invoice: bill } = document;
    return typeof ticket === 'string' ? `/tickets/${ticket}` : `/invoices/${String(bill)}`;
  }
  if (name === 'cannedReplies') return '/canned-replies';
  return name === 'announcements' || name === 'services' ? `/${name}` : '/orders';
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const closes = (ticket: Fields) => ticket['status'] === 'closed' || ticket['status'] === 'nofix';

/** Saves a form draft in the format of use-form-draft.ts. */
const keepForm = (name: string, values: Record<string, unknown>) =>
  writeDraft(`form:${name}`, JSON.stringify(values));

async function newTicket(ticket: Fields, related: readonly Refusal[]): Promise<RouteLocationRaw> {
  const bodies = related
    .filter((each) => each.collectionName === 'messages')
    .map(({ mine }) => wordsOf(mine));
  await addToDraft('new-ticket:subject', wordsOf(ticket));
  await addToDraft('new-ticket:body', bodies.reverse().join('\n\n'));
  const files = related.filter((each) => each.collectionName === 'files').map(({ mine }) => mine);
  if (files.length > 0) {
    const chosen = files.map(({ mediaType, fileName, size, sha256 }) => ({
      mediaType,
      fileName,
      size,
      sha256,
    }));
    await writeDraft('new-ticket:files', JSON.stringify(chosen));
  }
  for (const field of ['order', 'client', 'queue']) {
    if (typeof ticket[field] === 'string') await writeDraft(`new-ticket:${field}`, ticket[field]);
  }
  return { path: '/tickets', query: { new: '1' } };
}

const quantitiesOf = (options: Order['options']) =>
  Object.fromEntries(options.map(({ key, quantity }) => [key, quantity]));

async function newOrder(order: Order): Promise<RouteLocationRaw> {
  const { service, client, billingPeriod, options, instanceName, comments } = order;
  const isOwn = client === useSession().me?.id;
  const name = `new-order:${service}${isOwn ? '' : `:${client}`}`;
  await keepForm(name, { billingPeriod, quantities: quantitiesOf(options), instanceName, comments });
  return { path: `/catalogue/${service}`, query: isOwn ? {} : { for: client } };
}

/** Each form on an order's page has its own draft. */
async function changedOrder({ id, change, accessDetails, notes }: Order, base: Fields | null): Promise<void> {
  if (change) {
    const { when, service, options } = change;
    await keepForm(`change-order:${id}`, { when, service, quantities: quantitiesOf(options) });
  }
  const typed = {
    ...(accessDetails === base?.['accessDetails'] ? {} : { accessDetails }),
    ...(notes === base?.['notes'] ? {} : { notes }),
  };
  if (Object.keys(typed).length > 0) await keepForm(`order-text:${id}`, typed);
}

/** Puts a file back where it was chosen. Its bytes are still on the device. */
async function file(file: Fields): Promise<string> {
  const { ticket, invoice: bill, mediaType, fileName, size, sha256 } = file;
  if (typeof ticket === 'string') {
    const name = `reply-files:${ticket}`;
    const chosen = JSON.parse((await readDraft(name)) || '[]') as unknown[]; // written here, or by the reply box
    await writeDraft(name, JSON.stringify([...chosen, { mediaType, fileName, size, sha256 }]));
    return `/tickets/${ticket}`;
  }
  return `/invoices/${String(bill)}`;
}

async function invoice({ id, client, lines }: Invoice, isNew: boolean): Promise<string> {
  const typed = lines.map(({ text, quantity, unitPrice }) => ({
    text,
    quantity: String(quantity),
    unitPrice: (unitPrice / 100).toFixed(2),
  }));
  await keepForm(`invoice:${isNew ? 'new' : id}`, { client, lines: typed });
  return isNew ? '/invoices' : `/invoices/${id}`;
}

async function answer(message: Fields): Promise<RouteLocationRaw> {
  const ticket = String(message['ticket']);
  await addToDraft(`reply:${ticket}`, wordsOf(message));
  await writeDraft(`reply-kind:${ticket}`, message['kind'] === 'note' ? 'note' : '');
  return `/tickets/${ticket}`;
}

async function person(mine: Fields, base: Fields | null): Promise<RouteLocationRaw> {
  const identity = (mine['identity'] ?? null) as BillingIdentity | null; // a document of people
  if (JSON.stringify(identity) !== JSON.stringify(base?.['identity'] ?? null)) {
    await keepForm(`identity:${mine.id}`, formOf(identity));
  }
  return pageOf('people', mine);
}
