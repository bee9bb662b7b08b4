import { expect, test } from 'vitest';
import type { Fields } from './collections.ts';
import type { Actor } from './people/actor.ts';
import { mayChange, mayCreate, movesOf, authorize, collectionsOf, scopeFields, view } from './rights.ts';

const lucia: Actor = { id: 'lucia', role: 'client', name: 'Lucía' };
const ana: Actor = { id: 'ana', role: 'helpdesk', name: 'Ana' };
const ticket: Fields = {
  id: 't1',
  client: 'lucia',
  queue: 'technical',
  status: 'open',
  subject: 'x',
  assignee: null,
};

const update =
  (actor: Actor, changes: Record<string, unknown>, before: Fields = ticket) =>
  () =>
    authorize(actor, 'tickets', { before, after: { ...before, ...changes }, changed: Object.keys(changes) });

test('a helpdesk agent closes a technical ticket; a client may not make it nofix', () => {
  expect(update(ana, { status: 'nofix', closingComment: 'no' })).not.toThrow();
  expect(update(lucia, { status: 'closed' })).not.toThrow();
  expect(update(lucia, { status: 'nofix' })).toThrow('illegal-move: status');
});

test("somebody else's ticket is answered like one that is not there", () => {
  expect(update({ ...lucia, id: 'tom' }, { status: 'closed' })).toThrow('not-found');
  expect(update(ana, { status: 'closed' }, { ...ticket, queue: 'billing' })).toThrow('not-found');
});

test('a field that the table does not list is refused by name', () => {
  expect(update(lucia, { subject: 'other' })).toThrow('forbidden-field: subject');
  const order: Fields = { id: 'o1', client: 'lucia', prices: [] };
  const write = { before: order, after: { ...order, prices: [1] }, changed: ['prices'] };
  expect(() => authorize(lucia, 'orders', write)).toThrow('forbidden-field: prices');
});

test('a new ticket starts open, on the own account', () => {
  const write = (over: Record<string, unknown>) => {
    const after = { ...ticket, ...over };
    return () =>
      authorize(lucia, 'tickets', { before: null, after, changed: ['client', 'subject', 'status', 'queue'] });
  };
  expect(write({})).not.toThrow();
  expect(write({ status: 'closed' })).toThrow('illegal-move: status');
  expect(write({ client: 'tom' })).toThrow('not-allowed: client');
});

test('what travels: notes never to clients, prices never to helpdesk, own invoices once issued', () => {
  expect(view(lucia, 'messages', { id: 'm', client: 'lucia', kind: 'note' })).toBeNull();
  const order: Fields = { id: 'o', client: 'lucia', notes: 'secret', prices: [1], status: 'active' };
  expect(view(lucia, 'orders', order)).not.toHaveProperty('notes');
  expect(view(ana, 'orders', order)).not.toHaveProperty('prices');
  expect(view(lucia, 'invoices', { id: 'i', client: 'lucia', status: 'draft' })).toBeNull();
  expect(collectionsOf('helpdesk')).not.toContain('invoices');
  expect(scopeFields('messages').sort()).toEqual(['client', 'kind', 'queue']);
});

test('the screen asks the same table', () => {
  expect(mayCreate(lucia, 'payments')).toBe(false);
  expect(mayCreate(lucia, 'tickets', { client: 'tom' })).toBe(false);
  expect(mayChange(ana, 'tickets', { document: ticket, field: 'assignee' })).toBe(true);
  expect(movesOf(ana, 'tickets', { document: ticket, field: 'status' })).toEqual(['closed', 'nofix']);
});
