import { expect, test } from 'vitest';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { services } from '#shared/services/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import { deliverDue } from '../email/deliver.ts';
import type { OutgoingMail } from '../email/transport.ts';
import { drawInvoices } from '../invoices/pdf/draw-invoices.ts';
import { renderEmail } from '../render-email.ts';
import { billOn } from '../test/bill-on.ts';
import { changeOrder } from '../test/order-case.ts';
import { createOrder, createPerson, openTestDatabase, signIn, startApp } from '../test/test-server.ts';

test.each(['en', 'es'] as const)(
  'e-mails about orders and invoices write days and options as people do (%s)',
  async (language) => {
    const database = await openTestDatabase();
    const { server } = database;
    const app = await startApp(server);
    const { id: client } = await createPerson(server, 'lucia', 'client', { language });
    await createPerson(server, 'arturo', 'admin', { language });
    const [lucia, arturo] = [await signIn(app.url, 'lucia'), await signIn(app.url, 'arturo')];
    const service = (await findDocument(server, services, { where: { slug: 'vps' } }))?.id ?? '';
    const options = (vcpu: number) => [
      { key: 'vcpu', quantity: vcpu * 1000 },
      { key: 'ram', quantity: 8000 },
      { key: 'ssd', quantity: 30_000 },
    ];
    const today = dayOf(Date.now(), 'Europe/Madrid');
    const since = addDays(today, -10);
    const { id, prices } = await createOrder(server, client, {
      since,
      amount: 750,
      service,
      options: options(2),
    });
    const change = { when: 'next', service, options: options(4), amount: 950, on: null };
    expect(await changeOrder(server, lucia, { id, change })).toBe('done');
    const row = { from: addDays(today, 50), amount: 1200, service };
    const other = await createOrder(server, client, { since, amount: 750, service, options: options(2) });
    expect(await changeOrder(server, arturo, { id: other.id, prices: [...prices, row] })).toBe('done');
    expect(await changeOrder(server, lucia, { id: other.id, cancelsOn: addDays(today, 20) })).toBe('done');
    await billOn(server, today);
    await drawInvoices(server);
    await server.db.query('UPDATE outbox SET not_before = 0');
    const mails: OutgoingMail[] = [];
    const transport = {
      send: (mail: OutgoingMail) => Promise.resolve(void mails.push(mail)),
      close: () => undefined,
    };
    await deliverDue(server, { transport, render: renderEmail });
    await app.stop();
    await database.close();
    const texts = mails.map(({ subject, text }) => `${subject}\n${text}`);
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) {
      expect(text).not.toMatch(/\b20\d\d-\d\d-\d\d\b/);
      expect(text).not.toMatch(/\b(?:vcpu|ram|ssd) \d/);
    }
    expect(texts.join('\n')).toContain(language === 'en' ? 'memory 8 GB' : 'memoria 8 GB');
  },
);
