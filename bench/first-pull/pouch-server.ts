import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/*
 * A CouchDB server in its own process, like the app's server: express-pouchdb in its smallest mode, in memory
 * and without compression, which is its fastest setup on one machine. `node pouch-server.ts FOLDER FILE`: the
 * folder with the installed packages, and a file with the documents as JSON.
 */

type Handler = (request: unknown, response: unknown) => void;
type Database = { bulkDocs: (documents: readonly unknown[]) => Promise<unknown> };
type Pouch = {
  plugin: (adapter: unknown) => Pouch;
  defaults: (options: object) => new (name: string) => Database;
};
type Express = { (path: string, handler: Handler): void; listen: unknown };
type ExpressLibrary = () => { use: Express; get: Express } & Handler;

const [folder = '', file = ''] = process.argv.slice(2);
const need = createRequire(join(folder, 'package.json'));
const PouchDB = (need('pouchdb') as Pouch).plugin(need('pouchdb-adapter-memory')).defaults({
  adapter: 'memory',
});
const expressPouch = need('express-pouchdb') as (pouch: unknown, options: object) => Handler;
const couch = expressPouch(PouchDB, {
  mode: 'minimumForPouchDB',
  overrideMode: { exclude: ['compression'] },
});

await new PouchDB('tickets').bulkDocs(JSON.parse(readFileSync(file, 'utf8')) as unknown[]);
const app = (need('express') as ExpressLibrary)();
app.get('/blank', (_request, response) => {
  (response as { type: (type: string) => { send: (body: string) => void } }).type('html').send('');
});
app.use('/couch', couch);
const http = createServer(app);
http.listen(0, '127.0.0.1', () =>
  console.log(`ready http://127.0.0.1:${(http.address() as AddressInfo).port}`),
);
