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

/** The settings of the provider: one JSON row, `provider`, in the table `settings`. */
export type Settings = SettingsForm;

/** The settings of a new installation. The catalogue assumes calendar alignment, charged at the end. */
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
  mailCheckedBy: '',
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

/** Returns the current settings. @throws if the stored row is not valid, naming the field */
export async function settings(server: Server, transaction?: Transaction): Promise<Settings> {
  return (await storedSettings(server, transaction)).settings;
}

/** Settings are read once per transaction, so that a whole transaction uses the same ones. */
const readIn = new WeakMap<Transaction, Promise<Stored>>();

/** Returns the current settings with the number of their version. */
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
 * Saves new settings, audited field by field. Issued invoices keep what was printed on them.
 *
 * @throws DomainError 'changed-meanwhile' if the passed version is not the current one, 'invalid' naming the field
 */
export async function saveSettings(
  server: Server,
  actor: Actor,
  { settings: input, version }: Stored,
): Promise<{ version: number }> {
  checkSettings(input);
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    await findRow(server.models.settings, {
      where: { name: 'provider' },
      transaction,
      lock: transaction.LOCK.UPDATE,
    });
    const current = await storedSettings(server, transaction);
    if (current.version !== version) throw new DomainError('changed-meanwhile', 'settings');
    await checkVerifactu(tx, current.settings, input);
    const value = JSON.stringify({ version: version + 1, settings: input } satisfies Stored);
    await server.models.settings.update({ value }, { where: { name: 'provider' }, transaction });
    const old: Record<string, unknown> = current.settings;
    const changes = Object.entries(input).flatMap(([field, to]): [string, [unknown, unknown]][] =>
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

/** Once a record was written in production, Verifactu stays on and the tax number stays the same. */
async function checkVerifactu(tx: Tx, before: Settings, input: Settings): Promise<void> {
  const { verifactu, seller } = input;
  if (verifactu !== 'off' && seller.country !== 'ES')
    throw new DomainError('invalid', 'verifactu', 'not in Spain');
  if (verifactu !== 'off' && seller.taxNumber === '') throw new DomainError('invalid', 'seller.taxNumber');
  const isOtherTaxpayer = seller.taxNumber !== before.seller.taxNumber;
  if (before.verifactu !== 'production' || (verifactu === 'production' && !isOtherTaxpayer)) return;
  const where = { environment: 'production' };
  const row = await findRow(tx.server.models.verifactuRecords, { where, transaction: tx.transaction });
  // A chain belongs to one taxpayer, and corrections refer to their invoice by its number.
  if (row)
    throw new DomainError(
      'invalid',
      isOtherTaxpayer ? 'seller.taxNumber' : 'verifactu',
      'records were written',
    );
}

/** Checks what the types alone cannot express. */
function checkSettings({ timeZone, iban, standardRate, noTaxRate, ...rest }: Settings): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new DomainError('invalid', 'timeZone');
  }
  const { reminderDays, suspendAfterDays } = rest;
  if (reminderDays.some((days, i) => days <= (reminderDays[i - 1] ?? 0)))
    throw new DomainError('invalid', 'reminderDays', 'order');
  // Orders are never suspended before the last reminder.
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

/** Returns the mailing list of a queue. It gets new tickets, and answers that have no other reader. */
export async function listOf({ server, transaction }: Tx, queue: Queue): Promise<string> {
  const { helpdeskList, accountingList } = await settings(server, transaction);
  return queue === 'billing' ? accountingList : helpdeskList;
}

/** Returns the tax rate of prices for a person of whom nothing is known yet. */
export function visitorRate({ seller, noTaxRate, standardRate }: Settings): Settings['standardRate'] {
  return seller.vatNumber === '' ? noTaxRate : standardRate;
}

/** Returns the tax settings on a day, in the form that the tax rules need. */
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
