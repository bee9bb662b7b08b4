import type { Transaction } from 'sequelize';
import type { Day } from '#shared/billing/day.ts';
import { euRates, type SellerTax } from '#shared/billing/tax.ts';
import { DomainError } from '#shared/errors.ts';
import type { Queue } from '#shared/tickets/queues.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, type Tx, commandBy, transact } from '../context.ts';
import { findRow } from '../models/rows.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { type SettingsForm, settingsForm } from '#shared/settings/settings-form.ts';
import { isIban } from '#shared/settings/iban.ts';

/** What the provider decides about itself: one JSON row, `provider`, in the table `settings`. */
export type Settings = SettingsForm;

/** What a new installation starts with; the catalogue's own terms are calendar alignment, charged at the end. */
export const firstSettings: Settings = {
  name: 'ARFNET',
  seller: {
    name: 'ARFNET',
    street: 'Calle de la Red 20',
    postcode: '28004',
    city: 'Madrid',
    country: 'ES',
    taxNumber: '12345678Z',
    vatNumber: 'ES12345678Z',
    email: 'admin@arf20.com',
  },
  language: 'en',
  timeZone: 'Europe/Madrid',
  currency: 'EUR',
  alignment: 'calendar',
  dueBusinessDays: 5,
  standardRate: { percent: 2100, category: 'S', reason: null },
  noTaxRate: {
    percent: 0,
    category: 'E',
    reason: { en: 'Seller not registered for VAT.', es: 'Vendedor no registrado a efectos de IVA.' },
  },
  outsidePostcodes: ['35', '38', '51', '52'],
  iban: 'ES9121000418450200051332',
  paymentText: {
    en: 'Please pay by bank transfer and give the invoice number as reference.',
    es: 'Le rogamos que pague por transferencia e indique el número de factura como concepto.',
  },
  contactAddress: 'admin@arf20.com',
  helpdeskList: 'helpdesk@arf20.com',
  accountingList: 'accounting@arf20.com',
  mailFrom: 'ARFNET <no-reply@arf20.com>',
  holdHours: 4,
  closeAfterDays: 14,
  closeWarningDays: 3,
  simplifiedUpTo: 40_000,
  firstNumbers: { A: 1, S: 1, R: 1 },
  creditOnCancel: 'draft',
  reminderDays: [3, 10],
  suspendAfterDays: 0,
  ossSince: null,
  ossRates: Object.entries(euRates).map(([country, percent]) => ({ country, percent })),
  verifactu: 'off',
};

type Stored = { version: number; settings: Settings };

/** The settings in force. @throws where the stored row is not valid, naming the field */
export async function settings(server: Server, transaction?: Transaction): Promise<Settings> {
  return (await storedSettings(server, transaction)).settings;
}

/** Read once in a transaction: what one unit does, it does by the same settings. */
const readIn = new WeakMap<Transaction, Promise<Stored>>();

/** The same with the number of their version. */
export function storedSettings(server: Server, transaction?: Transaction): Promise<Stored> {
  const known = transaction && readIn.get(transaction);
  if (known) return known;
  const stored = readStored(server, transaction);
  if (transaction) readIn.set(transaction, stored);
  return stored;
}

async function readStored(server: Server, transaction?: Transaction): Promise<Stored> {
  const row = await findRow(server.models.settings, { where: { name: 'provider' }, transaction });
  const stored = (row?.value ?? null) as Stored | Settings | null; // parsed below
  const { version, settings: value } =
    stored && 'version' in stored ? stored : { version: 0, settings: stored ?? firstSettings };
  return { version, settings: settingsForm.parse(value) };
}

/**
 * New settings, audited field by field. Invoices that were issued keep what was printed on them.
 *
 * @throws DomainError 'changed-meanwhile' where another version stands, 'invalid' naming the field
 */
export async function saveSettings(
  server: Server,
  actor: Actor,
  { settings: wanted, version }: Stored,
): Promise<{ version: number }> {
  checkSettings(wanted);
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    await findRow(server.models.settings, {
      where: { name: 'provider' },
      transaction,
      lock: transaction.LOCK.UPDATE,
    });
    const current = await storedSettings(server, transaction);
    if (current.version !== version) throw new DomainError('changed-meanwhile', 'settings');
    await checkVerifactu(tx, current.settings, wanted);
    const value = JSON.stringify({ version: version + 1, settings: wanted } satisfies Stored);
    await server.models.settings.update({ value }, { where: { name: 'provider' }, transaction });
    const old: Record<string, unknown> = current.settings;
    const changes = Object.entries(wanted).flatMap(([field, to]): [string, [unknown, unknown]][] =>
      sameValue(old[field], to) ? [] : [[field, [old[field], to]]],
    );
    tx.note({
      collection: 'settings',
      document: 'provider',
      action: 'update',
      changes: Object.fromEntries(changes),
    });
    return { version: version + 1 };
  });
  return result;
}

/** Chosen at installation: once a record was written for good, invoices go on having one. */
async function checkVerifactu(tx: Tx, before: Settings, wanted: Settings): Promise<void> {
  const { verifactu, seller } = wanted;
  if (verifactu !== 'off' && seller.country !== 'ES')
    throw new DomainError('invalid', 'verifactu', 'not in Spain');
  if (verifactu !== 'off' && seller.taxNumber === '') throw new DomainError('invalid', 'seller.taxNumber');
  const isOther = seller.taxNumber !== before.seller.taxNumber;
  if (before.verifactu !== 'production' || (verifactu === 'production' && !isOther)) return;
  const where = { environment: 'production' };
  const row = await findRow(tx.server.models.verifactuRecords, { where, transaction: tx.transaction });
  // A chain is of one taxpayer, and corrections name their invoice by its number.
  if (row)
    throw new DomainError('invalid', isOther ? 'seller.taxNumber' : 'verifactu', 'records were written');
}

/** What the types alone can't say. */
function checkSettings({ timeZone, iban, standardRate, noTaxRate, ...rest }: Settings): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new DomainError('invalid', 'timeZone');
  }
  const { reminderDays, suspendAfterDays } = rest;
  if (reminderDays.some((days, i) => days <= (reminderDays[i - 1] ?? 0)))
    throw new DomainError('invalid', 'reminderDays', 'order');
  // Never before the last reminder.
  if (suspendAfterDays > 0 && suspendAfterDays <= (reminderDays.at(-1) ?? 0))
    throw new DomainError('invalid', 'suspendAfterDays', 'before the last reminder');
  if (iban !== '' && !isIban(iban)) throw new DomainError('invalid', 'iban');
  const { ossSince, ossRates, seller } = rest;
  const known = ossRates.map(({ country }) => country);
  const missing = Object.keys(euRates).find(
    (country) => country !== seller.country && !known.includes(country),
  );
  if (new Set(known).size < known.length) throw new DomainError('invalid', 'ossRates', 'a country twice');
  if (ossSince !== null && missing) throw new DomainError('invalid', 'ossRates', `${missing} is missing`);
  for (const [field, { percent, reason }] of Object.entries({ standardRate, noTaxRate })) {
    if (percent === 0 && !(reason?.en.trim() && reason.es.trim()))
      throw new DomainError('invalid', `${field}.reason`);
  }
}

/** The address of those who work a queue: new tickets, and answers that have no other reader, go there. */
export async function listOf({ server, transaction }: Tx, queue: Queue): Promise<string> {
  const { helpdeskList, accountingList } = await settings(server, transaction);
  return queue === 'billing' ? accountingList : helpdeskList;
}

/** The tax that prices are shown with to a person of whom nothing is known yet. */
export function visitorRate({ seller, noTaxRate, standardRate }: Settings): Settings['standardRate'] {
  return seller.vatNumber === '' ? noTaxRate : standardRate;
}

/** What the settings say about tax on a day, as the rule of taxes wants it. */
export function sellerTax(provider: Settings, day: Day): SellerTax {
  const { seller, standardRate, noTaxRate, outsidePostcodes, ossSince, ossRates } = provider;
  const { country, vatNumber } = seller;
  const inOss = ossSince !== null && ossSince <= day;
  return {
    country,
    vatNumber,
    standard: standardRate,
    noTax: noTaxRate,
    outsidePostcodes,
    ossRates: inOss ? Object.fromEntries(ossRates.map(({ country: at, percent }) => [at, percent])) : null,
  };
}
