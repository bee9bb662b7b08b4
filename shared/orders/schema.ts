import { quantity } from '../billing/price-row.ts';
import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { day, filledLine, id, instant, line, minor, text, times } from '../engine/field.ts';
import { languages } from '../settings/language.ts';
import { alignments, chargedAts, billingPeriods } from '../billing/billing-period.ts';

export const orderStatuses = ['setting up', 'active', 'suspended', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Why an order stands as it does, where that has consequences: it was withdrawn from, or is not paid for. */
export const orderCauses = ['withdrawal', 'non-payment'] as const;

/** One change of status: the day it counts from, and when it was accepted (of several on a day the last counts). */
export const orderChange = z.strictObject({
  on: day(),
  status: z.enum(['active', 'suspended', 'cancelled']),
  reason: line(200),
  cause: z.optional(z.enum(orderCauses)),
  at: instant(),
});

const chosenOptions = () =>
  z.array(z.strictObject({ key: filledLine(32), quantity: quantity() })).check(z.maxLength(20));

/**
 * Another service, or other options, for an order that exists. `amount` is what whoever asks was shown, which the
 * server computes again. One that is made now is never stored: the order is changed. One for the next period waits
 * here until its day.
 */
export const plannedChange = z.strictObject({
  when: z.enum(['now', 'next']),
  service: id(),
  options: chosenOptions(),
  amount: minor().check(z.minimum(0)),
  on: z.nullable(day()),
});
export type PlannedChange = z.infer<typeof plannedChange>;

/** A status that an order will have from a day to come on, with what is said about it then. */
export const plannedStatus = z.strictObject({
  on: day(),
  status: z.enum(['active', 'suspended']),
  reason: line(200),
  cause: z.nullable(z.enum(orderCauses)),
});
export type PlannedStatus = z.infer<typeof plannedStatus>;

/** The price as agreed, in force from a day on. Frozen: a new price is a new row. */
export const agreedPrice = z.strictObject({
  from: day(),
  amount: minor().check(z.minimum(0)),
  /** Of which service; of rows agreed before that was kept: the order's. */
  service: z.optional(id()),
  /** Agreed for the rest of the period as well, whose difference was charged as an adjustment. */
  now: z.optional(z.literal(true)),
  /** Of a change that waits for its day: goes where that is taken back. */
  planned: z.optional(z.literal(true)),
});
export type AgreedPrice = z.infer<typeof agreedPrice>;

/** Price rows in order of day, within a day as agreed: the last that begins on or before a day is in force on it. */
export function inOrderOfDay(prices: readonly AgreedPrice[]): AgreedPrice[] {
  return prices.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** What is agreed from a day on takes the place of all that was agreed for later days. What stands already, stays. */
export function agreedFrom(prices: readonly AgreedPrice[], row: AgreedPrice): AgreedPrice[] {
  const { now: _, ...rest } = row;
  const later = [...new Set(prices.flatMap(({ from }) => (from > row.from ? [from] : [])))];
  return [...prices, row, ...later.map((from) => ({ ...rest, from }))];
}

const cancellationWins = { wins: { status: 'cancelled' } };

export const orders = defineCollection({
  name: 'orders',
  version: 4,
  schema: z.strictObject({
    id: id(),
    ...times,
    /** Null until the server has accepted the order. */
    number: z.nullable(z.int().check(z.minimum(1))),
    service: id(),
    client: id(),
    instanceName: filledLine(60),
    orderedOn: day(),
    options: chosenOptions(),
    billingPeriod: z.enum(billingPeriods),
    alignment: z.enum(alignments),
    chargedAt: z.enum(chargedAts),
    prices: z.array(agreedPrice).check(z.maxLength(200)),
    status: z.enum(orderStatuses),
    /** What whoever changed the status last said about it, and its cause; both go into the history. */
    reason: line(200),
    cause: z.nullable(z.enum(orderCauses)),
    history: z.array(orderChange).check(z.maxLength(1000)),
    anchor: z.nullable(day()),
    billFrom: z.nullable(day()),
    /** Released from a hold: charges billable up to this day are made however many they are. */
    releasedUntil: z.nullable(day()),
    cancelsOn: z.nullable(day()),
    /** Who said that it ends, or ended it: what the provider said is not for its client to take back. */
    endsBy: z.nullable(z.enum(['client', 'staff'])),
    /** Any change of status that is made before its day takes its place. */
    nextStatus: z.nullable(plannedStatus),
    change: z.nullable(plannedChange),
    /** The version of the terms that its client accepted; null: none were published, or nothing is charged. */
    terms: z.nullable(z.strictObject({ language: z.enum(languages), version: z.int().check(z.minimum(1)) })),
    comments: text(),
    accessDetails: text(),
    notes: text(),
  }),
  indexes: [['client', 'createdAt']],
  derived: [
    'number',
    'orderedOn',
    'alignment',
    'chargedAt',
    'history',
    'anchor',
    'billFrom',
    'releasedUntil',
    'endsBy',
  ],
  defaults: {
    comments: '',
    accessDetails: '',
    notes: '',
    billFrom: null,
    releasedUntil: null,
    cancelsOn: null,
    nextStatus: null,
    endsBy: null,
    anchor: null,
    history: [],
    options: [],
    reason: '',
    cause: null,
    change: null,
    terms: null,
  },
  // A cancellation wins over any change made while it was on its way.
  conflicts: { status: cancellationWins, reason: cancellationWins, cause: cancellationWins },
  uniqueKeys: { instance: 'instanceName' },
  insertOnly: false,
});
export type Order = z.infer<typeof orders.schema>;

/** For so long a consumer may withdraw (Directive 2011/83/EU, article 9), counted from the day after the order. */
export const withdrawalDays = 14;

/** What a new order is without: the fields that only its life fills. */
export const unplanned = {
  ...{ reason: '', cause: null, change: null, nextStatus: null, endsBy: null, terms: null },
  releasedUntil: null,
} as const;
