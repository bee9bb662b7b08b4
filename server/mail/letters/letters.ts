import type { CollectionName, Documents } from '#shared/collections/collections.ts';
import type { Server } from '../../context.ts';
import { toDocument } from '../../documents/row.ts';
import { settings } from '../../provider/settings.ts';
import type { Person } from '#shared/collections/people.ts';
import { lifetimes, mintToken, type TokenPurpose } from '../../accounts/tokens.ts';
import {
  accountChanged,
  accountChanges,
  announcement,
  confirmEmail,
  emailKnown,
  invitation,
  passwordReset,
  personRegistered,
  personVerified,
  verifyEmail,
} from './accounts.ts';
import {
  billingHeld,
  clockBehind,
  identityMissing,
  invoiceIssued,
  invoicePaid,
  proofRefused,
  type InvoiceData,
} from './invoices.ts';
import type { Frame, Letter } from './letter.ts';
import {
  orderEnds,
  orderGoesOn,
  orderPlaced,
  orderPrice,
  orderReceived,
  orderStatus,
  type PlacedOrder,
} from './orders.ts';
import {
  ticketAnswered,
  ticketAssigned,
  ticketClosed,
  ticketHandedOver,
  ticketOpened,
  type TicketData,
} from './tickets.ts';

export type Attachment = { fileName: string; sha256: string };
export type WrittenLetter = Letter & { attachment: Attachment | null };

/** What an outbox row says of its letter: `document` is what it is about, `person` whose address it goes to. */
export type About = {
  document: string;
  step: number;
  person: string | null;
  recipient: string;
  createdAt: number;
};

/** Writes one letter from the documents as they stand now. */
type Writer = (server: Server, frame: Frame, about: About) => Promise<WrittenLetter>;

const writers = {
  'ticket-opened': async (server, frame, { document }) => {
    const ticket = await find(server, 'tickets', document);
    const [first] = await server.models.messages.findAll({
      where: { ticket: ticket.id, kind: 'answer' },
      order: [['createdAt', 'ASC']],
      limit: 1,
      raw: true,
    });
    const body = first ? toDocument('messages', first).body : null;
    const assignee = ticket.assignee ? (await find(server, 'people', ticket.assignee)).displayName : null;
    return plain(ticketOpened(frame, await ticketData(server, ticket), { body, assignee }));
  },
  'ticket-answered': async (server, frame, { document }) => {
    const message = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', message.ticket));
    return plain(ticketAnswered(frame, ticket, { author: message.authorName, body: message.body }));
  },
  'ticket-closed': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await find(server, 'tickets', event.ticket);
    const data = { by: event.authorName, fixed: event.event?.to !== 'nofix', comment: ticket.closingComment };
    return plain(ticketClosed(frame, await ticketData(server, ticket), data));
  },
  'ticket-assigned': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    return plain(ticketAssigned(frame, ticket, { by: event.authorName }));
  },
  'order-status': async (server, frame, { document, step }) => {
    const order = await find(server, 'orders', document);
    const service = await find(server, 'services', order.service);
    // The change that the letter is about, not what became of the order since.
    const status = order.history[step - 1]?.status ?? order.status;
    return plain(orderStatus(frame, { ...order, status, service: service.name }));
  },
  'invoice-issued': async (server, frame, { document }) => {
    const invoice = await find(server, 'invoices', document);
    if (invoice.pdfHash === null) throw new Error(`invoice ${invoice.number ?? ''} has no PDF yet`);
    const attachment = { fileName: `${invoice.number ?? 'invoice'}.pdf`, sha256: invoice.pdfHash };
    return { ...invoiceIssued(frame, invoiceData(invoice)), attachment };
  },
  'invoice-paid': async (server, frame, { document }) => {
    const payment = await find(server, 'payments', document);
    return plain(invoicePaid(frame, invoiceData(await find(server, 'invoices', payment.invoice))));
  },
  'ticket-handed-over': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    const queue = event.event?.to === 'billing' ? 'billing' : 'technical';
    return plain(ticketHandedOver(frame, ticket, { by: event.authorName, queue }));
  },
  'proof-refused': async (server, frame, { document }) => {
    const paper = await find(server, 'papers', document);
    const invoice = await find(server, 'invoices', paper.invoice ?? '');
    const data = { id: invoice.id, number: invoice.number ?? '', reason: paper.reason ?? '' };
    return plain(proofRefused(frame, data));
  },
  'identity-missing': async (server, frame, { document }) => {
    const client = await find(server, 'people', document);
    return plain(identityMissing(frame, { name: client.displayName }));
  },
  'billing-held': async (server, frame, { document }) => {
    const order = await find(server, 'orders', document);
    return plain(billingHeld(frame, { number: order.number ?? 0, name: order.instanceName }));
  },
  'clock-behind': (_server, frame, { document }) => {
    const [today = '', last = ''] = document.split(' ');
    return Promise.resolve(plain(clockBehind(frame, { today, last })));
  },
  'order-received': async (server, frame, { document }) =>
    plain(orderReceived(frame, await placedOrder(server, document))),
  'order-placed': async (server, frame, { document }) => {
    const order = await find(server, 'orders', document);
    const client = (await find(server, 'people', order.client)).displayName;
    const data = { ...(await placedOrder(server, document)), client, comments: order.comments };
    return plain(orderPlaced(frame, data));
  },
  'order-ends': async (server, frame, { document }) => {
    const { instanceName, cancelsOn } = await find(server, 'orders', document);
    // Taken back before the letter went out: then that is what there is to say.
    if (cancelsOn === null) return plain(orderGoesOn(frame, { instanceName }));
    return plain(orderEnds(frame, { instanceName, on: cancelsOn }));
  },
  'order-goes-on': async (server, frame, { document }) =>
    plain(orderGoesOn(frame, await find(server, 'orders', document))),
  'order-price': async (server, frame, { document, step }) => {
    const { prices } = await find(server, 'orders', document);
    const price = prices[step - 1];
    const order = await placedOrder(server, document);
    return plain(orderPrice(frame, { ...order, amount: price?.amount ?? null, from: price?.from ?? '' }));
  },
  'verify-email': async (server, frame, about) => {
    const row = await server.models.registrations.findOne({ where: { id: about.document }, raw: true });
    if (!row) throw new LetterVoid('the registration is over');
    const { username } = row as unknown as { username: string };
    const token = await tokenFor(server, about, { purpose: 'verify', registration: about.document });
    return plain(verifyEmail(frame, { username, token }));
  },
  'confirm-email': async (server, frame, about) => {
    const { username } = await owner(server, about);
    const token = await tokenFor(server, about, { purpose: 'email', email: about.recipient });
    return plain(confirmEmail(frame, { username, token }));
  },
  'email-known': async (server, frame, about) => plain(emailKnown(frame, await owner(server, about))),
  'password-reset': async (server, frame, about) => {
    const { username } = await owner(server, about);
    return plain(
      passwordReset(frame, { username, token: await tokenFor(server, about, { purpose: 'reset' }) }),
    );
  },
  invitation: async (server, frame, about) => {
    const { username } = await owner(server, about);
    return plain(
      invitation(frame, { username, token: await tokenFor(server, about, { purpose: 'invite' }) }),
    );
  },
  'account-changed': async (server, frame, about) => {
    const { username } = await owner(server, about);
    const what = accountChanges[about.step] ?? 'password';
    const { timeZone } = await settings(server);
    const when = new Intl.DateTimeFormat(frame.language, { dateStyle: 'long', timeStyle: 'long', timeZone });
    return plain(accountChanged(frame, { username, what, when: when.format(about.createdAt) }));
  },
  'person-registered': async (server, frame, { document }) => {
    const { displayName, email } = await find(server, 'people', document);
    return plain(personRegistered(frame, { name: displayName, email }));
  },
  'person-verified': async (server, frame, { document }) => {
    const { displayName, email } = await find(server, 'people', document);
    return plain(personVerified(frame, { name: displayName, email }));
  },
  announcement: async (server, frame, { document }) =>
    plain(announcement(frame, await find(server, 'announcements', document))),
} satisfies Record<string, Writer>;

export type LetterKind = keyof typeof writers;

export function isLetterKind(kind: string): kind is LetterKind {
  return Object.hasOwn(writers, kind);
}

export function writeLetter(
  server: Server,
  frame: Frame,
  { kind, ...about }: About & { kind: LetterKind },
): Promise<WrittenLetter> {
  return writers[kind](server, frame, about);
}

/** There is nothing to write any more: what the letter is about is gone. It is not tried again. */
export class LetterVoid extends Error {}

/** Whose account a letter is about. */
function owner(server: Server, { person }: About): Promise<Documents['people']> {
  if (person === null) throw new LetterVoid('the account is gone');
  return find(server, 'people', person);
}

/** What an account must be for a link of each purpose to make sense. */
const statusFor: Record<TokenPurpose, Person['status']> = {
  verify: 'unverified',
  invite: 'unverified',
  reset: 'verified',
  email: 'verified',
};

/**
 * A token for a letter that is being written. A letter may have waited long: where the address is no longer the
 * account's, its password was changed since, or its time is over, nobody is to get a link that works.
 */
async function tokenFor(
  server: Server,
  about: About,
  wanted: { purpose: TokenPurpose; registration?: string; email?: string },
): Promise<string> {
  const person = await owner(server, about);
  const { purpose } = wanted;
  const row = await server.models.credentials.findOne({ where: { person: person.id }, raw: true });
  const { changedAt } = row as unknown as { changedAt: string };
  const moved = purpose !== 'email' && person.email !== about.recipient;
  const late = server.now() - about.createdAt > lifetimes[purpose];
  if (moved || late || person.status !== statusFor[purpose] || Number(changedAt) > about.createdAt) {
    throw new LetterVoid('what the letter was asked for is over');
  }
  return mintToken(server, { person: person.id, ...wanted });
}

async function placedOrder(server: Server, id: string): Promise<PlacedOrder> {
  const order = await find(server, 'orders', id);
  const service = await find(server, 'services', order.service);
  const { currency } = await settings(server);
  const { number, instanceName, unit } = order;
  const amount = order.prices[0]?.amount ?? null;
  return { number: number ?? 0, instanceName, service: service.name, amount, unit, currency };
}

function plain(letter: Letter): WrittenLetter {
  return { ...letter, attachment: null };
}

async function find<N extends CollectionName>(
  server: Server,
  collection: N,
  id: string,
): Promise<Documents[N]> {
  const row = await server.models[collection].findOne({ where: { id }, raw: true });
  if (!row) throw new LetterVoid(`${collection} ${id} is gone`);
  return toDocument(collection, row);
}

async function ticketData(server: Server, ticket: Documents['tickets']): Promise<TicketData> {
  const client = await find(server, 'people', ticket.client);
  return {
    id: ticket.id,
    number: ticket.number ?? 0,
    subject: ticket.subject,
    clientName: client.displayName,
  };
}

function invoiceData(invoice: Documents['invoices']): InvoiceData {
  return {
    ...invoice,
    number: invoice.number ?? '',
    client: invoice.buyer?.legalName ?? '',
    dueDate: invoice.dueDate ?? '',
  };
}
