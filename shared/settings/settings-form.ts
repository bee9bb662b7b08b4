import * as z from 'zod/mini';
import { taxRate } from '../billing/tax-rate.ts';
import { euRates } from '../billing/tax.ts';
import { day, filledLine, line, text } from '../engine/field.ts';
import { seller } from './seller.ts';
import { languages } from './language.ts';
import { pageNames } from './pages.ts';

const mailbox = z.string().check(z.maxLength(254), z.email());
/** "Name <address>", or an address alone. */
const mailFrom = line(320).check(z.regex(/^(?:[^<>"\\]+ <[^<>\s]+@[^<>\s]+>|[^<>\s]+@[^<>\s]+)$/));

const firstNumber = () => z.int().check(z.minimum(1), z.maximum(899_999));

/** The settings of the provider. */
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
  /**
   * The name (authserv-id, RFC 8601) of the mail server whose checks of senders are trusted, as it stands in the header
   * Authentication-Results; empty: none.
   */
  mailCheckedBy: z._default(line(253).check(z.regex(/^[\w.-]*$/)), ''),
  /** If an answer reaches the server more than this many hours after it was written, its author must confirm its e-mail. */
  holdHours: z._default(z.int().check(z.minimum(1), z.maximum(720)), 4),
  /** A ticket that has waited this many days for its client is closed; 0: never. */
  closeAfterDays: z._default(z.int().check(z.minimum(0), z.maximum(365)), 14),
  /** The client gets an e-mail this many days before the ticket is closed. */
  closeWarningDays: z._default(z.int().check(z.minimum(1), z.maximum(30)), 3),
  /**
   * A buyer in the seller's country who has no tax number gets a simplified invoice up to this total with tax, in minor
   * units; 0: never.
   */
  simplifiedUpTo: z._default(z.int().check(z.minimum(0), z.maximum(300_000)), 40_000),
  /** The first invoice number of each series. Used only while the series is empty. */
  firstNumbers: z._default(z.strictObject({ A: firstNumber(), S: firstNumber(), R: firstNumber() }), {
    A: 1,
    S: 1,
    R: 1,
  }),
  /** The days of the reminders: calendar days after the due date, in order. Empty: no reminders are sent. */
  reminderDays: z._default(
    z.array(z.int().check(z.minimum(1), z.maximum(365))).check(z.maxLength(5)),
    [3, 10],
  ),
  /** The services of an unpaid invoice are suspended this many days after its due date; 0: never. */
  suspendAfterDays: z._default(z.int().check(z.minimum(0), z.maximum(365)), 0),
  /** How unused days are credited if an order is cancelled in a period that was already charged. */
  creditOnCancel: z._default(z.enum(['draft', 'issue', 'none']), 'draft'),
  /** From this day on, buyers in other EU countries are charged their own country's rate (one-stop shop); null: never. */
  ossSince: z._default(z.nullable(day()), null),
  /** Tax rates by country, in hundredths of a percent. */
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
  /** Where records for the Spanish tax office are sent: nowhere, to its test system, or to its production system. */
  verifactu: z._default(z.enum(['off', 'test', 'production']), 'off'),
});
export type SettingsForm = z.infer<typeof settingsForm>;

export const settingsSave = z.strictObject({
  settings: settingsForm,
  /** The version that was read. A newer version by another admin is not overwritten. */
  version: z.int().check(z.minimum(0)),
});
export const publication = z.strictObject({
  name: z.enum(pageNames),
  language: z.enum(languages),
  body: text(60_000),
  /** The version that was read. A newer version by somebody else is not overwritten. */
  version: z.int().check(z.minimum(0)),
});
export type Publication = z.infer<typeof publication>;
/** A PNG as base64, or null to remove the logo. The limit is about 200 KB, more than a logo of 800 x 400 needs. */
export const logo = z.strictObject({ png: z.nullable(z.string().check(z.maxLength(280_000))) });
