import { type Invoice, plainInvoice } from '#shared/invoices/schema.ts';

/** The CPU time of running the work `times` times, in milliseconds. */
export async function cpuMs(work: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** An invoice like those of the billing run: two lines, one tax rate, a payment code. */
export function sample(): Invoice {
  const rate = { percent: 2100, category: 'S' as const, reason: null };
  const line = (n: number) => ({
    order: null,
    orderNumber: n,
    from: '2026-11-01',
    to: '2026-12-01',
    text: `vps machine ${n}`,
    quantity: 1,
    unitPrice: 950,
    amount: 950,
    tax: rate,
  });
  const address = { street: 'Calle de la Palma 14', postcode: '28004', city: 'Madrid', country: 'ES' };
  return {
    ...plainInvoice,
    id: '',
    createdAt: 0,
    updatedAt: 0,
    writtenAt: 0,
    seq: 1,
    recent: 0,
    pdfHash: null,
    number: 'A2026-000123',
    series: 'A',
    kind: 'full',
    client: '',
    status: 'unpaid',
    description: '2026-11-01 – 2026-11-30',
    date: '2026-12-01',
    dueDate: '2026-12-08',
    currency: 'EUR',
    language: 'en',
    lines: [line(1), line(2)],
    totals: [{ rate, net: 1900, tax: 399 }],
    net: 1900,
    tax: 399,
    total: 2299,
    paid: 0,
    iban: 'ES9121000418450200051332',
    paymentText: 'Please pay by bank transfer and give the invoice number as reference.',
    seller: {
      name: 'ARFNET',
      ...address,
      taxNumber: '12345678Z',
      vatNumber: 'ES12345678Z',
      email: 'a@b.example',
    },
    buyer: {
      kind: 'business',
      legalName: 'Librería Atalaya SL',
      ...address,
      taxNumber: 'B12345674',
      vatNumber: '',
      vatVerified: null,
    },
  };
}
