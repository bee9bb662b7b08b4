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

test('a helpdesk agent may set a technical ticket to nofix; a client may close it but not set it to nofix', () => {
  expect(update(ana, { status: 'nofix', closingComment: 'no' })).not.toThrow();
  expect(update(lucia, { status: 'closed' })).not.toThrow();
  expect(update(lucia, { status: 'nofix' })).toThrow('illegal-move: status');
});

test("a write to somebody else's ticket is refused as not found", () => {
  expect(update({ ...lucia, id: 'tom' }, { status: 'closed' })).toThrow('not-found');
  expect(update(ana, { status: 'closed' }, { ...ticket, queue: 'billing' })).toThrow('not-found');
});

test('a change of a field that the table does not list is refused, and the error names the field', () => {
  expect(update(lucia, { subject: 'other' })).toThrow('forbidden-field: subject');
  const order: Fields = { id: 'o1', client: 'lucia', prices: [] };
  const write = { before: order, after: { ...order, prices: [1] }, changed: ['prices'] };
  expect(() => authorize(lucia, 'orders', write)).toThrow('forbidden-field: prices');
});

test('a client may create only open tickets, and only on their own account', () => {
  const write = (over: Record<string, unknown>) => {
    const after = { ...ticket, ...over };
    return () =>
      authorize(lucia, 'tickets', { before: null, after, changed: ['client', 'subject', 'status', 'queue'] });
  };
  expect(write({})).not.toThrow();
  expect(write({ status: 'closed' })).toThrow('illegal-move: status');
  expect(write({ client: 'tom' })).toThrow('not-allowed: client');
});

test('clients see no notes and no drafts of invoices; helpdesk sees no prices and no invoices', () => {
  expect(view(lucia, 'messages', { id: 'm', client: 'lucia', kind: 'note' })).toBeNull();
  const order: Fields = { id: 'o', client: 'lucia', notes: 'secret', prices: [1], status: 'active' };
  expect(view(lucia, 'orders', order)).not.toHaveProperty('notes');
  expect(view(ana, 'orders', order)).not.toHaveProperty('prices');
  expect(view(lucia, 'invoices', { id: 'i', client: 'lucia', status: 'draft' })).toBeNull();
  expect(collectionsOf('helpdesk')).not.toContain('invoices');
  expect(scopeFields('messages').sort()).toEqual(['client', 'kind', 'queue']);
});

test('the checks for screens follow the same table of rights', () => {
  expect(mayCreate(lucia, 'payments')).toBe(false);
  expect(mayCreate(lucia, 'tickets', { client: 'tom' })).toBe(false);
  expect(mayChange(ana, 'tickets', { document: ticket, field: 'assignee' })).toBe(true);
  expect(movesOf(ana, 'tickets', { document: ticket, field: 'status' })).toEqual(['closed', 'nofix']);
});
