import { findDocuments } from '#sync/server/row.ts';
import {
  createPerson,
  openTestDatabase,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** The app on an empty database, with the accountant ines signed in and lucia as a client. */
export type Books = {
  database: TestDatabase;
  app: TestApp;
  ines: SignedIn;
  client: string;
  /** All invoices, ordered by billing run. */
  invoices: () => Promise<Invoice[]>;
  close: () => Promise<void>;
};

export async function openBooks(): Promise<Books> {
  const database = await openTestDatabase();
  const { server } = database;
  const app = await startApp(server);
  await createPerson(server, 'ines', 'accountant');
  const { id: client } = await createPerson(server, 'lucia', 'client');
  const ines = await signIn(app.url, 'ines');
  return {
    database,
    app,
    ines,
    client,
    invoices: () => findDocuments(server, invoices, { order: ['recent', 'number'] }),
    async close() {
      await app.stop();
      await database.close();
    },
  };
}
