import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { filledLine, id, times } from '../engine/field.ts';
import { billingIdentity } from '../billing/billing-identity.ts';
import { languages } from '../settings/language.ts';
import { taxRate } from '../billing/tax-rate.ts';

export const roles = ['client', 'helpdesk', 'accountant', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The e-mails that a person wants. E-mails about money, access and the account itself are always sent. */
export const preferences = z.strictObject({
  answers: z.boolean(),
  /** E-mails about tickets that were closed, handed over or assigned. */
  status: z.boolean(),
  announcements: z.boolean(),
});
export type Preferences = z.infer<typeof preferences>;
export const allEmails: Preferences = { answers: true, status: true, announcements: true };

/** The accountant's choice of tax for one client, with the reason. It overrides every tax rule. */
export const taxTreatment = z.strictObject({ rate: taxRate, reason: filledLine(200) });

export const username = () => z.string().check(z.maxLength(32), z.regex(/^[a-z0-9_.-]{2,32}$/));
/** An address in its canonical form (email-address.ts). The local part has the characters of RFC 5322 without quotes. */
export const email = () =>
  z
    .string()
    .check(
      z.maxLength(254),
      z.regex(/^[^\s"(),:;<>@[\\\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/),
    );

export const people = defineCollection({
  name: 'people',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    username: username(),
    displayName: filledLine(80),
    email: email(),
    role: z.enum(roles),
    /** 'outside': a person without an account who wrote to us. Only their name and address are known. */
    status: z.enum(['unverified', 'verified', 'disabled', 'outside']),
    language: z.enum(languages),
    available: z.boolean(),
    preferences,
    identity: z.nullable(billingIdentity),
    taxTreatment: z.nullable(taxTreatment),
    /**
     * The tax that holds although the client changed what would lower it, until an accountant accepts the change. Null: the
     * rules decide.
     */
    taxHold: z.nullable(taxRate),
  }),
  indexes: [['createdAt']],
  derived: [],
  defaults: {
    available: false,
    identity: null,
    language: 'en',
    preferences: allEmails,
    taxTreatment: null,
    taxHold: null,
  },
  conflicts: { available: 'latest', language: 'latest', displayName: 'latest', preferences: 'latest' },
  insertOnly: false,
  uniqueKeys: { username: 'username', email: 'email' },
});
export type Person = z.infer<typeof people.schema>;
