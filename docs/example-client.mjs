// Reads the tickets somebody may see: node docs/example-client.mjs http://127.0.0.1:3000 ana ana-demo
import { createTRPCClient, httpLink } from '@trpc/client';

const [address, login, password] = process.argv.slice(2);
let cookie = '';

const api = createTRPCClient({
  links: [
    httpLink({
      url: `${address}/api/trpc`,
      // Outside a browser the session cookie is the client's to keep.
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
  // `epoch` counts changes of rights: an answer with `reset` means that what was pulled before is to be thrown away.
  const wanted = { collection: 'tickets', epoch: me.epoch, since, limit: 100 };
  const { documents, checkpoint } = await api.sync.pull.query(wanted);
  if (documents.length === 0) break;
  for (const { number, status, subject } of documents) console.log(`#${number} ${status} ${subject}`);
  since = checkpoint.seq;
}
