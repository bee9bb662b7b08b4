// Lists the tickets that a person may see: node docs/example-client.mjs http://127.0.0.1:3000 ana ana-demo
import { createTRPCClient, httpLink } from '@trpc/client';

const [address, login, password] = process.argv.slice(2);
let cookie = '';

const api = createTRPCClient({
  links: [
    httpLink({
      url: `${address}/api/trpc`,
      // Outside a browser, the client itself keeps the session cookie.
      async fetch(input, init) {
        const response = await fetch(input, { ...init, headers: { ...init?.headers, cookie } });
        cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
        return response;
      },
    }),
  ],
});

const me = await api.account.signIn.mutate({ login, password });
console.log(`signed in as ${me.name} (${me.role})`);
for (let since = 0; ;) {
  // `epoch` counts changes of rights: if the answer has `reset`, everything pulled before must be discarded.
  const request = { collection: 'tickets', epoch: me.epoch, since, limit: 100 };
  const { documents, checkpoint } = await api.sync.pull.query(request);
  if (documents.length === 0) break;
  for (const { number, status, subject } of documents) console.log(`#${number} ${status} ${subject}`);
  since = checkpoint.seq;
}
