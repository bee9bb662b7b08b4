import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainInvoice } from '#shared/invoices/schema.ts';
import type { Pulled } from '#sync/protocol.ts';
import { line } from '../test/everything.ts';
import { openBooks, type Books } from '../test/books.ts';
import { madrid, pullFrom, pushTo } from '../test/test-server.ts';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
});
afterAll(() => books.close());

async function draftOf(client: string): Promise<Pulled> {
  const id = books.database.server.newId();
  const next = { ...plainInvoice, id, client, lines: [line], status: 'draft' };
  await pushTo(books.ines.api, 'invoices', [{ base: null, next }]);
  return pulled(id);
}
async function pulled(id: string): Promise<Pulled> {
  const { documents } = await pullFrom(books.ines.api, 'invoices');
  const found = documents.find((each) => each.id === id);
  if (!found) throw new Error('the draft was refused');
  return found;
}
async function issue(base: Pulled, approvedTotal: unknown, from = books): Promise<string> {
  const next = { ...base, status: 'unpaid', approvedTotal };
  const { refusals } = await pushTo(from.ines.api, 'invoices', [{ base, next }]);
  const [refusal] = refusals;
  return refusal ? `${refusal.code} ${refusal.field ?? ''} ${refusal.detail ?? ''}`.trim() : 'issued';
}

test('ASVS 2.3.5 issuing carries the total that was seen; another total is refused with both, and nothing is issued', async () => {
  const draft = await draftOf(books.client);
  expect(draft['total']).toBe(1_210);
  expect(await issue(draft, 1_000)).toBe('total-differs total 10.00 € → 12.10 €');
  expect(await issue(draft, null)).toBe('invalid approvedTotal empty');
  expect(await pulled(draft.id)).toMatchObject({ status: 'draft', number: null });
  expect(await issue(draft, 1_210)).toBe('issued');
  expect(await pulled(draft.id)).toMatchObject({ status: 'unpaid', total: 1_210, approvedTotal: 1_210 });
});

test('a tax that changed after the draft was written is shown before anything is issued', async () => {
  const { server } = books.database;
  const draft = await draftOf(books.client);
  const identity = JSON.stringify({ ...madrid, postcode: '35001' }); // the Canary Islands
  await server.models.people.update({ identity }, { where: { id: books.client } });
  expect(await issue(draft, draft['total'])).toBe('total-differs total 12.10 € → 10.00 €');
  await server.models.people.update({ identity: JSON.stringify(madrid) }, { where: { id: books.client } });
});

test('while the clock is behind the last invoice, issuing is refused with both days', async () => {
  const { server } = books.database;
  const draft = await draftOf(books.client);
  await server.models.series.update({ lastDate: '2099-12-31' }, { where: { code: 'A' } });
  expect(await issue(draft, 1_210)).toMatch(/^clock-behind date 20\d\d-\d\d-\d\d < 2099-12-31$/);
});
