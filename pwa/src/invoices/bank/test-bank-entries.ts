import { addDays } from '#shared/billing/day.ts';
/** Made-up account entries in three languages. All names and texts are invented. Deterministic by seed. */
export type Kind = 'booked' | 'pending' | 'foreign' | 'broken';
export type What = 'payment' | 'expense' | 'fee' | 'reversal' | 'returned' | 'recalled';
export type Lang = 'es' | 'de' | 'en';
export type Slot = 'concept' | 'ref' | 'note';
export type Entry = {
  day: string;
  value: string;
  /** The day it was ordered: on or before the booking. */
  made: string;
  amount: number;
  currency: string;
  kind: Kind;
  what: What;
  type: string;
  who: string;
  iban: string;
  concept: string;
  ref: string;
  note: string;
  invoice?: string;
  /** The same entry in the currency it was made in. */
  other?: { amount: number; currency: string };
  /** The original amount of a returned direct debit, before the bank's charge. */
  original?: number;
};
export type Random = ReturnType<typeof randomOf>;

export function randomOf(seed: number) {
  let state = (seed * 2654435761 + 97) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    int,
    chance: (part: number) => next() < part,
    of: <T>(list: readonly T[]): T => list[int(0, list.length - 1)] as T,
  };
}

type Words = Record<'type', Record<What, string>> & {
  names: string[];
  shops: string[];
  pays: string[];
  notes: string[];
  fee: string;
  back: string;
  returned: string;
  recalled: string;
};
const words: Record<Lang, Words> = {
  es: {
    names: [
      'Talleres Peñalba SL',
      'LIBRERIA RIO TINTO',
      'Norte; Sur y Asociados CB',
      'Imprenta "La Ñ"',
      'Cía. Güell, Muñoz y Otros',
      'Panadería Ágora',
      'Begoña Ibáñez Ruiz',
    ],
    shops: ['Suministros Tramontana', 'Correduría Faro', 'Telefonía Altavoz', 'Gestoría Dos Ríos'],
    pays: ['pago de', 'abono', 'fra.', 'factura n.º', 'transf. por', 'servicio web marzo,'],
    notes: ['', '', 'gracias', 'según lo hablado', 'cliente 4471', 'parte 2/2'],
    fee: 'Comisión de mantenimiento',
    back: 'Devolución de comisión cobrada por error',
    returned: 'Recibo devuelto, sin saldo:',
    recalled: 'Transferencia retrocedida, ref.',
    type: {
      payment: 'Transferencia recibida',
      expense: 'Recibo domiciliado',
      fee: 'Comisiones',
      reversal: 'Retrocesión',
      returned: 'Devolución de adeudo',
      recalled: 'Anulación de abono',
    },
  },
  de: {
    names: [
      'Bäckerei Sonnfeld',
      'GRUENWALD U. SOEHNE OHG',
      'Radhaus "Speiche" e.K.',
      'Weiß; Schwarz GbR',
      'Öko-Hof Lüdtke, Inh. A. Lüdtke',
      'Käthe Möhring',
    ],
    shops: ['Bürobedarf Tintenfass', 'Stadtwerke Hohenau', 'Assekuranz Leuchtturm', 'Funknetz Nordlicht'],
    pays: ['Rechnung', 'RE', 'Zahlung zu', 'Rg.-Nr.', 'Webhosting März,', 'Ihre Rechnung vom 03.02.,'],
    notes: ['', '', 'danke', 'wie besprochen', 'Kd. 4471', 'Teil 2/2'],
    fee: 'Entgelt Kontoführung',
    back: 'Erstattung falsch berechnetes Entgelt',
    returned: 'Rücklastschrift mangels Deckung:',
    recalled: 'Rückruf der Überweisung',
    type: {
      payment: 'GUTSCHR. UEBERWEISUNG',
      expense: 'FOLGELASTSCHRIFT',
      fee: 'ENTGELTABSCHLUSS',
      reversal: 'STORNO',
      returned: 'LASTSCHRIFT-RUECKGABE',
      recalled: 'RUECKUEBERWEISUNG',
    },
  },
  en: {
    names: [
      'Harbour Lane Pottery',
      'Quill, Dane & Co',
      'Moss; Fern Partners',
      'The "Old Mill" Bakery',
      "O'Shea Cycles",
      'ZOE ADEYEMI',
    ],
    shops: ['Lighthouse Cover', 'Grey Heron Telecom', 'Inkwell Supplies', 'Northgate Water'],
    pays: ['invoice', 'payment for', 'inv', 'web hosting March,', 'settles', 'your bill of 3 Feb,'],
    notes: ['', '', 'thanks', 'as agreed', 'client 4471', 'part 2/2'],
    fee: 'Account upkeep charge',
    back: 'Charge taken by mistake, refunded',
    returned: 'Direct debit unpaid:',
    recalled: 'Transfer called back, ref',
    type: {
      payment: 'Transfer in',
      expense: 'Direct debit',
      fee: 'Charge',
      reversal: 'Reversal',
      returned: 'Unpaid debit',
      recalled: 'Recall',
    },
  },
};

/** Entries from January 2026 on, oldest first. `slots`: the columns an invoice number may be in. */
export function entriesOf(
  r: Random,
  lang: Lang,
  {
    currency,
    slots,
    pending,
    foreign,
    others,
  }: { currency: string; slots: readonly Slot[] } & Partial<
    Record<'pending' | 'foreign' | 'others', boolean>
  >,
): Entry[] {
  const w = words[lang];
  const entries: Entry[] = [];
  const undone = new Set<Entry>();
  let day = addDays('2026-01-05', r.int(0, 20));
  const count = r.int(34, 46);
  const cents = (from: number, to: number) =>
    r.chance(0.2) ? r.int(from, to) * 100 : r.int(from * 100, to * 100);
  const iban = () =>
    `${r.of(['ES', 'DE', 'NL'])}${r.int(10, 99)}${r.int(10_000_000, 99_999_999)}${r.int(10_000_000, 99_999_999)}`;
  const add = (what: What, amount: number, over: Partial<Entry>): Entry => {
    const entry: Entry = {
      day,
      value: addDays(day, r.of([0, 0, 0, 1, -1, 2])),
      made: addDays(day, r.of([0, 0, -1, -2])),
      amount,
      currency,
      kind: 'booked',
      what,
      type: w.type[what],
      who: '',
      iban: '',
      concept: '',
      ref: '',
      note: '',
      ...over,
    };
    entries.push(entry);
    return entry;
  };
  const pay = () => {
    const amount = r.chance(0.3) ? cents(1_000, 9_999) : r.chance(0.1) ? r.int(1, 99) : cents(5, 900);
    const texts = {
      who: r.of(w.names),
      iban: iban(),
      concept: `${r.of(w.pays)} ${r.int(1, 12)}`,
      note: r.of(w.notes),
    };
    const entry = add('payment', amount, {
      ...texts,
      ref: r.chance(0.5) ? `T${r.int(100_000, 999_999)}` : '',
    });
    if (!r.chance(0.6)) return entry;
    const slot = r.of(slots);
    entry.invoice = `A2026-${String(r.int(1, 400)).padStart(6, '0')}`;
    entry[slot] = slot === 'ref' ? entry.invoice : `${r.of(w.pays)} ${entry.invoice}`;
    return entry;
  };
  while (entries.length < count) {
    if (r.chance(0.6)) day = addDays(day, r.int(1, 3));
    const roll = r.int(1, 100);
    const paid = entries
      .slice(-12)
      .filter((entry) => entry.what === 'payment' && entry.kind === 'booked' && !undone.has(entry));
    if (roll <= 46 || paid.length === 0) {
      const entry = pay();
      if (others && r.chance(0.25))
        entry.other = { amount: Math.round(entry.amount * 1.1), currency: r.of(['USD', 'GBP']) };
      // Two equal payments on one day are two payments.
      if (r.chance(0.08)) entries.push({ ...entry });
    } else if (roll <= 64) {
      const entry = add('expense', -cents(3, 1_500), {
        who: r.of(w.shops),
        iban: iban(),
        concept: `${r.int(1, 12)}/2026`,
      });
      if (others && r.chance(0.4))
        entry.other = { amount: Math.round(entry.amount * 1.1), currency: r.of(['USD', 'GBP']) };
    } else if (roll <= 74) {
      const amount = cents(1, 25);
      add('fee', -amount, { concept: w.fee });
      if (r.chance(0.5)) add('reversal', amount, { concept: w.back });
    } else if (roll <= 86) {
      // A payment that came in earlier goes back out.
      const first = r.of(paid);
      undone.add(first);
      const { who, iban: from, invoice, ref, amount } = first;
      const what = r.of(['returned', 'recalled'] as const);
      const charge = what === 'returned' && r.chance(0.5) ? 350 : 0;
      add(what, -amount - charge, {
        who,
        iban: from,
        concept: `${w[what]} ${invoice ?? (ref || who)}`,
        ...(invoice === undefined ? {} : { invoice }),
        ...(what === 'returned' ? { original: -amount } : {}),
      });
    } else if (pending && roll <= 93) pay().kind = 'pending';
    else if (foreign) Object.assign(pay(), { kind: 'foreign', currency: r.of(['USD', 'GBP']) });
  }
  if (foreign) Object.assign(pay(), { kind: 'foreign', currency: 'USD' });
  if (pending) for (let i = r.int(1, 2); i > 0; i -= 1) pay().kind = 'pending';
  // About one row in fifteen is damaged. What is wrong with it is up to the layout.
  for (const entry of entries) if (entry.kind === 'booked' && r.chance(1 / 15)) entry.kind = 'broken';
  return entries;
}
