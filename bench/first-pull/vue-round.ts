import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as Vue from 'vue';
import { onNewDevice } from '../inbox/device.ts';
import type { BenchPlace } from '../inbox/endings.ts';
import type { InboxServer } from '../inbox/inbox-server.ts';

/** Vue's build for script tags, without the compiler of templates. It sets the global `Vue`. */
const vue = fileURLToPath(import.meta.resolve('vue/dist/vue.runtime.global.prod.js'));

/** The least that a page must do: it fetches the newest tickets and renders them with Vue, and nothing else. */
export function vueRound(inbox: InboxServer, place: BenchPlace): Promise<number> {
  return onNewDevice(place, async ({ page }) => {
    await page.goto(`${inbox.url}/health`); // a page of the same origin without the app
    await page.evaluate(`${readFileSync(vue, 'utf8')}; window.Vue = Vue;`);
    const { login, password } = inbox;
    const { rows, ms } = await page.evaluate(fetchAndRender, { login, password, limit: 50 });
    if (rows !== 50) throw new Error(`the yardstick shows ${rows} rows`);
    return ms;
  });
}

/** Runs as text in the browser, so it can use nothing from this file. @returns milliseconds from the answered sign-in */
async function fetchAndRender({
  login,
  password,
  limit,
}: {
  login: string;
  password: string;
  limit: number;
}) {
  type Row = { id: string; number: string; subject: string; status: string; priority: string; queue: string };
  const { createApp, h } = (window as unknown as { Vue: typeof Vue }).Vue;
  const signedIn = await fetch('/api/trpc/account.signIn', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password, device: 'bench' }),
  });
  const me = ((await signedIn.json()) as { result: { data: { id: string; epoch: number } } }).result.data;
  const start = performance.now();
  const input = { collection: 'tickets', person: me.id, epoch: me.epoch, cursor: null, limit };
  const response = await fetch(`/api/trpc/sync.first?input=${encodeURIComponent(JSON.stringify(input))}`);
  const { documents } = ((await response.json()) as { result: { data: { documents: Row[] } } }).result.data;
  const row = ({ id, number, subject, status, priority, queue }: Row) =>
    h('li', { key: id }, [
      h('button', [
        h('strong', subject),
        h('span', `#${number}`),
        h('span', status),
        h('span', `${priority} ${queue}`),
      ]),
    ]);
  createApp(() => h('ul', documents.map(row))).mount(document.body);
  const ms = await new Promise<number>((done) => {
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
  });
  return { rows: document.querySelectorAll('li').length, ms };
}
