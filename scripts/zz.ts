import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { firstLoad } from './first-load.ts';
const dist = process.argv[2] ?? 'pwa/dist';
for (const [n, p] of Object.entries({
  landing: [/landing-page|landing-en|prices/],
  signin: [/sign-in-page/],
  home: [/client-home/, /app-shell/, /app-frame/, /replica-/, /app-en/, /auth-en/, /landing-en/, /prices/],
  inbox: [/inbox-page/, /app-shell/, /app-frame/, /replica-/, /app-en/, /auth-en/, /landing-en/, /prices/],
})) {
  const r = firstLoad(dist, p);
  console.log(n, r.js, r.css);
  if (n === process.argv[3])
    for (const f of r.files
      .filter((f) => f.endsWith('.js'))
      .map((f) => [gzipSync(readFileSync(join(dist, f))).length, f] as const)
      .sort((a, b) => b[0] - a[0]))
      console.log('  ', ...f);
}
