import type { Transaction } from 'sequelize';
import type { SellerTax } from '#shared/billing/tax.ts';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/policy/actor.ts';
import { settingsForm, type SettingsForm } from '#sync/api/admin-input.ts';
import type { Server } from '../context.ts';
import { inUnit, sameValue } from '../documents/unit.ts';

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
};

type Stored = { version: number; settings: Settings };

/** The settings in force. @throws where the stored row is not valid, naming the field */
export async function settings(server: Server, transaction?: Transaction): Promise<Settings> {
  return (await storedSettings(server, transaction)).settings;
}

/** The same with the number of their version. */
export async function storedSettings(server: Server, transaction?: Transaction): Promise<Stored> {
  const row = await server.models.settings.findOne({
    where: { name: 'provider' },
    raw: true,
    ...(transaction ? { transaction } : {}),
  });
  const stored = row ? (JSON.parse((row as unknown as { value: string }).value) as Stored | Settings) : null;
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
  const writer = { actor, device: 'server', writtenAt: server.now() };
  const { result } = await inUnit(server, writer, async (unit) => {
    const { transaction } = unit;
    await server.models.settings.findOne({
      where: { name: 'provider' },
      transaction,
      lock: transaction.LOCK.UPDATE,
    });
    const standing = await storedSettings(server, transaction);
    if (standing.version !== version) throw new DomainError('changed-meanwhile', 'settings');
    const value = JSON.stringify({ version: version + 1, settings: wanted } satisfies Stored);
    await server.models.settings.update({ value }, { where: { name: 'provider' }, transaction });
    const old: Record<string, unknown> = standing.settings;
    const changes = Object.entries(wanted).flatMap(([field, to]): [string, [unknown, unknown]][] =>
      sameValue(old[field], to) ? [] : [[field, [old[field], to]]],
    );
    unit.note({
      collection: 'settings',
      document: 'provider',
      action: 'update',
      changes: Object.fromEntries(changes),
    });
    return { version: version + 1 };
  });
  return result;
}

/** What the types alone can't say. */
function checkSettings({ timeZone, iban, standardRate, noTaxRate }: Settings): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new DomainError('invalid', 'timeZone');
  }
  if (iban !== '' && !isIban(iban)) throw new DomainError('invalid', 'iban');
  for (const [field, { percent, reason }] of Object.entries({ standardRate, noTaxRate })) {
    if (percent === 0 && !(reason?.en.trim() && reason.es.trim()))
      throw new DomainError('invalid', `${field}.reason`);
  }
}

/** ISO 13616: letters as numbers, the first four characters at the end, remainder 1 by 97. */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const digits = [...`${iban.slice(4)}${iban.slice(0, 4)}`].map((each) => parseInt(each, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

/** What the settings say about tax, as the rule of taxes wants it. */
export function sellerTax({
  seller: { country, vatNumber },
  standardRate,
  noTaxRate,
  outsidePostcodes,
}: Settings): SellerTax {
  return { country, vatNumber, standard: standardRate, noTax: noTaxRate, outsidePostcodes };
}
