import { afterAll, beforeAll, expect, test } from 'vitest';
import { invoiceFields } from '../test/everything.ts';
import {
  createPerson,
  openTestDatabase,
  signIn,
  startApp,
  system,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { transact } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await openTestDatabase();
  for (const [name, role] of [
    ['lucia', 'client'],
    ['ines', 'accountant'],
    ['ana', 'helpdesk'],
  ] as const)
    await createPerson(database.server, name, role);
  app = await startApp(database.server);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

test('the accountant can remove a draft, helpdesk and client cannot; an issued invoice cannot be removed', async () => {
  const { server } = database;
  const [ines, ana, lucia] = await Promise.all(['ines', 'ana', 'lucia'].map((name) => signIn(app.url, name)));
  const add = async (status: 'draft' | 'unpaid') => {
    const number = status === 'draft' ? null : 'A2026-000001';
    const { result } = await transact(server, system(server), (tx) =>
      tx.create(invoices, {
        ...invoiceFields(lucia?.me.id ?? '', 'x'),
        id: server.newId(),
        status,
        number,
      }),
    );
    return result.id;
  };
  const [draft, issued] = [await add('draft'), await add('unpaid')];
  const remove = (person: typeof ines, id: string) => person?.api.invoices.removeDraft.mutate({ id });
  for (const person of [ana, lucia]) await expect(remove(person, draft)).rejects.toThrow('not-allowed');
  await expect(remove(ines, issued)).rejects.toThrow('not-allowed');
  expect(await remove(ines, draft)).toEqual({ ok: true });
  await expect(remove(ines, draft)).rejects.toThrow('not-found');
  const left = await server.models.invoices.findAll({ attributes: ['id'], raw: true });
  expect(left).toEqual([{ id: issued }]);
});
