import * as z from 'zod/mini';
import { euRates } from '../billing/tax.ts';
import { taxRate } from '../billing/tax-rate.ts';
import { day, filledLine, line, text } from '../engine/field.ts';
import { seller } from './seller.ts';
import { languages } from './language.ts';
import { pageNames } from './pages.ts';

const mailbox = z.string().check(z.maxLength(254), z.email());
/** "Name <address>", or an address alone. */
const mailFrom = line(320).check(z.regex(/^(?:[^<>"\\]+ <[^<>\s]+@[^<>\s]+>|[^<>\s]+@[^<>\s]+)$/));

const firstNumber = () => z.int().check(z.minimum(1), z.maximum(899_999));

/** What the provider decides about itself. */
export const settingsForm = z.strictObject({
  name: filledLine(80),
  seller,
  language: z.enum(languages),
  timeZone: filledLine(64),
  currency: z.literal('EUR'),
  alignment: z.enum(['anniversary', 'calendar']),
  /** Business days from an invoice's date to its due date. */
  dueBusinessDays: z.int().check(z.minimum(0), z.maximum(90)),
  standardRate: taxRate,
  noTaxRate: taxRate,
  outsidePostcodes: z.array(line(16)).check(z.maxLength(100)),
  iban: line(34),
  paymentText: z.strictObject({ en: text(2_000), es: text(2_000) }),
  contactAddress: mailbox,
  helpdeskList: mailbox,
  accountingList: mailbox,
  mailFrom,
  /** An answer that was written this many hours before it came in is mailed only when its author says so. */
  holdHours: z._default(z.int().check(z.minimum(1), z.maximum(720)), 4),
  /** A ticket that has waited for its client for so many days is closed; 0: none is. */
  closeAfterDays: z._default(z.int().check(z.minimum(0), z.maximum(365)), 14),
  /** So many days before, the client is told. */
  closeWarningDays: z._default(z.int().check(z.minimum(1), z.maximum(30)), 3),
  /** Up to so much with tax, in minor units, a buyer of the own country without tax number gets a simplified invoice; 0: none. */
  simplifiedUpTo: z._default(z.int().check(z.minimum(0), z.maximum(300_000)), 40_000),
  /** The first number of a series, while it is empty. */
  firstNumbers: z._default(z.strictObject({ A: firstNumber(), S: firstNumber(), R: firstNumber() }), {
    A: 1,
    S: 1,
    R: 1,
  }),
  /** Calendar days after the due date of each reminder, in their order; empty: nobody is reminded. */
  reminderDays: z._default(
    z.array(z.int().check(z.minimum(1), z.maximum(365))).check(z.maxLength(5)),
    [3, 10],
  ),
  /** So many days after the due date the services of an unpaid invoice are suspended; 0: never. */
  suspendAfterDays: z._default(z.int().check(z.minimum(0), z.maximum(365)), 0),
  /** What a cancellation in a period that was charged already makes for the unused days. */
  creditOnCancel: z._default(z.enum(['draft', 'issue', 'none']), 'draft'),
  /** The day from which buyers in other EU countries are charged their own country's rate (one-stop shop); null: never. */
  ossSince: z._default(z.nullable(day()), null),
  /** Percent in hundredths. */
  ossRates: z._default(
    z
      .array(
        z.strictObject({
          country: z.string().check(z.regex(/^[A-Z]{2}$/)),
          percent: z.int().check(z.minimum(1), z.maximum(10_000)),
        }),
      )
      .check(z.maxLength(40)),
    Object.entries(euRates).map(([country, percent]) => ({ country, percent })),
  ),
  /** Records for the Spanish tax office: none, to its test system, or for good. */
  verifactu: z._default(z.enum(['off', 'test', 'production']), 'off'),
});
export type SettingsForm = z.infer<typeof settingsForm>;

export const settingsSave = z.strictObject({
  settings: settingsForm,
  /** The version that was read: another admin's change meanwhile is not overwritten. */
  version: z.int().check(z.minimum(0)),
});
export const publication = z.strictObject({
  name: z.enum(pageNames),
  language: z.enum(languages),
  body: text(60_000),
  /** The version that was read: a newer one of somebody else is not written over. */
  version: z.int().check(z.minimum(0)),
});
export type Publication = z.infer<typeof publication>;
/** A PNG as base64, or null for none; 200 KB is a logo of 800 x 400 with room to spare. */
export const logo = z.strictObject({ png: z.nullable(z.string().check(z.maxLength(280_000))) });
