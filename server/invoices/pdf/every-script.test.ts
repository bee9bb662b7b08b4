import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newInvoice } from '#shared/invoices/new-invoice.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { actualTexts, pdfBoxes } from '../../test/pdf-text.ts';
import { drawPdf } from './draw-pdf.ts';
import { invoicePdf } from './invoice-pdf.ts';
import { unprintable } from './printable-text.ts';

/** Words in every script that the fonts draw. */
const scripts: Record<string, string[]> = {
  Latin: [
    'Łódź',
    'Ñandú',
    'Straße',
    'Tiếng',
    'Việt',
    'ħƏɓ',
    'x̂y',
    'Donaudampfschifffahrtsgesellschaft'.repeat(8),
  ],
  Greek: ['Παπαδόπουλος', 'Αθήνα', 'ᾳὕτη', 'Υιοί'],
  Cyrillic: ['Ромашка', 'Київ', 'Ћирилица', 'Ұлттық'],
  Hebrew: ['שלום', 'עולם', 'בע״מ', 'ישראל'],
  Arabic: ['شركة', 'النخلة', 'للتجارة', 'دبي', 'پاکستان', 'ٹیکنالوجی', 'الاتصالات'],
  Devanagari: ['नई', 'दिल्ली', 'क्लाउड', 'प्राइवेट', 'लिमिटेड'],
  Bengali: ['বাংলাদেশ', 'ঢাকা', 'প্রাইভেট'],
  Tamil: ['வணக்கம்', 'தமிழ்', 'சென்னை'],
  Thai: ['บริษัท', 'สยามคลาวด์', 'จำกัด'],
  Armenian: ['Հայաստան', 'Երևան'],
  Georgian: ['საქართველო', 'თბილისი'],
  Ethiopic: ['ኢትዮጵያ', 'አዲስ', 'አበባ'],
  Chinese: ['北京云计算有限公司', '龑', '臺灣', '䶮', '丽江'.repeat(100)],
  Japanese: ['株式会社', 'アトラス', '髙橋', 'ひらがな'],
  Korean: ['한국', '클라우드', '서비스', '주식회사'],
  Symbols: ['🚀', '👩‍💻', '★', '→', '≠', '€', '№', '½'],
};
/** Texts of 1 to 300 characters. */
const textOf = (words: string[]) =>
  fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 30 })
    .map((list) => [...list.join(' ')].slice(0, 300).join('').trim());

const rate = { percent: 2100, category: 'S' as const, reason: null };
const line = {
  order: null,
  orderNumber: 1,
  from: '2026-11-01',
  to: '2026-12-01',
  quantity: 1,
  unitPrice: 999_999_999,
  amount: 999_999_999,
  tax: rate,
};
const address = {
  street: 'Calle',
  postcode: '28004',
  city: 'Madrid',
  country: 'ES',
  taxNumber: '',
  vatNumber: '',
};

function invoiceWith({ name, item, quantity }: { name: string; item: string; quantity: number }): Invoice {
  const lines = [{ ...line, quantity, text: item }];
  return {
    ...newInvoice({ id: '', client: '', description: '', lines }, 0),
    ...{ createdAt: 0, updatedAt: 0, writtenAt: 0, seq: 1 },
    number: 'A2026-000123',
    date: '2026-12-01',
    dueDate: '2026-12-08',
    status: 'unpaid',
    total: 999_999_999,
    iban: 'ES9121000418450200051332',
    paymentText: item,
    seller: { name, ...address, email: 'a@b.example' },
    buyer: { kind: 'business', legalName: name, ...address, city: item, vatVerified: null },
  };
}

const page = { width: 595.28, height: 841.89, margin: 48 };
/** Signs of Devanagari and other scripts reach a little beyond the place of their letter. */
const overhang = 3;
/** Readers give what they find in a line; where it breaks says nothing about the text. */
const squeezed = (string: string) => string.normalize('NFC').replace(/\s|\u200d|\ufe0f/gu, '');

const quantities = [1, 3, 1_000_000_000];

async function check(name: string, item: string, quantity: number): Promise<void> {
  expect(unprintable(name + item)).toEqual([]);
  const bytes = await drawPdf(invoicePdf(invoiceWith({ name, item, quantity }), null));
  const boxes = await pdfBoxes(bytes);
  for (const { text, x, y, width } of boxes) {
    expect(x, text).toBeGreaterThan(page.margin - overhang);
    expect(x + width, text).toBeLessThan(page.width - page.margin + overhang);
    expect(y, text).toBeGreaterThan(20);
    expect(y, text).toBeLessThan(page.height - 20);
  }
  const found = squeezed([...boxes.map(({ text }) => text), ...actualTexts(bytes)].join(''));
  for (const word of [...name.split(' '), ...item.split(' ')]) expect(found).toContain(squeezed(word));
  expect(found).toContain(squeezed('9,999,999.99 €'));
}

test.each(Object.keys(scripts))(
  'a name or a line of up to 300 characters is found in the PDF and stays on the page: %s',
  async (script) => {
    const list = scripts[script] ?? [];
    const longest = list.toSorted((a, b) => b.length - a.length)[0] ?? '';
    await check(list.join(' ').slice(0, 300).trim(), longest.repeat(300 / longest.length), 3);
    const texts = textOf(list);
    const anyQuantity = fc.constantFrom(...quantities);
    await fc.assert(fc.asyncProperty(texts, texts, anyQuantity, check), { numRuns: 4, endOnFailure: true });
  },
);

/*
 * A word that goes on in the next line is not in one piece beside words of the other direction. So scripts that break within
 * words, and long words, are mixed with others of their direction only.
 */
const rightToLeft = ['Hebrew', 'Arabic'];
const breaking = ['Chinese', 'Japanese', 'Korean', 'Thai'];

test.each([
  ['from left to right', Object.keys(scripts).filter((script) => !rightToLeft.includes(script))],
  ['in both directions', Object.keys(scripts).filter((script) => !breaking.includes(script))],
])('a name or a line that mixes scripts %s is found in the PDF and stays on the page', async (_, mixed) => {
  const words = mixed.flatMap((script) => scripts[script] ?? []).filter(({ length }) => length < 40);
  const texts = textOf(words);
  const anyQuantity = fc.constantFrom(...quantities);
  await fc.assert(fc.asyncProperty(texts, texts, anyQuantity, check), { numRuns: 4, endOnFailure: true });
});

test('what no font draws is named', () => {
  expect(unprintable('Αθήνα 𐎠 & 𓀀')).toEqual(['𐎠', '𓀀']);
});
