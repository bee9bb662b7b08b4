import { quantity } from '../billing/price-row.ts';
import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { day, filledLine, id, instant, line, minor, text, times, unique } from '../engine/field.ts';
import { languages } from '../settings/language.ts';
import { alignments, chargedAts, billingPeriods } from '../billing/billing-period.ts';

export const orderStatuses = ['setting up', 'active', 'suspended', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Reasons for a status that have consequences: the client withdrew from the order, or did not pay for it. */
export const orderCauses = ['withdrawal', 'non-payment'] as const;

/**
 * One change of status. `on`: the day it counts from. Of several on one day the last counts, but a cancellation always
 * counts. `at`: when it was accepted.
 */
export const orderChange = z.strictObject({
  on: day(),
  status: z.enum(['active', 'suspended', 'cancelled']),
  reason: line(200),
  cause: z.optional(z.enum(orderCauses)),
  at: instant(),
});

const chosenOptions = () =>
  z
    .array(z.strictObject({ key: filledLine(32), quantity: quantity() }))
    .check(z.maxLength(20), unique('key'));

/**
 * A change of an existing order to another service or other options. `amount` is the price that the person was shown;
 * the server computes it again. A change for the next period is stored here until its day. A change that takes effect
 * at once is never stored, because the order itself is changed.
 */
export const plannedChange = z.strictObject({
  when: z.enum(['now', 'next']),
  service: id(),
  options: chosenOptions(),
  amount: minor().check(z.minimum(0)),
  on: z.nullable(day()),
});
export type PlannedChange = z.infer<typeof plannedChange>;

/** A status that an order will have from a future day on, with its reason and cause. */
export const plannedStatus = z.strictObject({
  on: day(),
  status: z.enum(['active', 'suspended']),
  reason: line(200),
  cause: z.nullable(z.enum(orderCauses)),
});
export type PlannedStatus = z.infer<typeof plannedStatus>;

/** An agreed price, in force from a day on. Rows never change, and only the rows of an undone change are removed. */
export const agreedPrice = z.strictObject({
  from: day(),
  amount: minor().check(z.minimum(0)),
  /** The service that the price is for. Missing in older rows, where it is the order's service. */
  service: z.optional(id()),
  /** The price also applies to the rest of the current period; the difference was charged as an adjustment. */
  now: z.optional(z.literal(true)),
  /** The row belongs to a scheduled change, and is removed if that change is undone. */
  planned: z.optional(z.literal(true)),
});
export type AgreedPrice = z.infer<typeof agreedPrice>;

/** Sorts price rows by day and keeps the order within a day. The last row on or before a day is in force on that day. */
export function inOrderOfDay(prices: readonly AgreedPrice[]): AgreedPrice[] {
  return prices.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
}

/** Adds a price that replaces all prices agreed for later days. Old rows are kept; new rows with the price follow them. */
export function agreedFrom(prices: readonly AgreedPrice[], row: AgreedPrice): AgreedPrice[] {
  const { now: _, ...rest } = row;
  const later = [...new Set(prices.flatMap(({ from }) => (from > row.from ? [from] : [])))];
  return [...prices, row, ...later.map((from) => ({ ...rest, from }))];
}

const cancellationWins = { wins: { status: 'cancelled' } };

export const orders = defineCollection({
  name: 'orders',
  version: 5,
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
    /** Where periods after the first begin: on the anchor's day of the month, or with a calendar month, quarter or year. */
    alignment: z.enum(alignments),
    /** When a period is charged: at its start, or at its end (earlier if the order is cancelled within it). */
    chargedAt: z.enum(chargedAts),
    prices: z.array(agreedPrice).check(z.maxLength(200)),
    status: z.enum(orderStatuses),
    /** Reason and cause of the last change of status. Both are copied into the history. */
    reason: line(200),
    cause: z.nullable(z.enum(orderCauses)),
    history: z.array(orderChange).check(z.maxLength(1000)),
    /** The day on which the first period begins: the first activation, or a day set by an admin. Null: not activated yet. */
    anchor: z.nullable(day()),
    /** Days before it are not charged. It may be set when a hold is released. */
    billFrom: z.nullable(day()),
    /** Set when a hold is released: charges billable up to this day are made, however many there are. */
    releasedUntil: z.nullable(day()),
    /** The scheduled end: the first day without service. */
    cancelsOn: z.nullable(day()),
    /** Who ended the order or scheduled its end. A client cannot undo an end that staff has set. */
    endsBy: z.nullable(z.enum(['client', 'staff'])),
    /** Dropped if the status changes before `on`. */
    nextStatus: z.nullable(plannedStatus),
    change: z.nullable(plannedChange),
    /** The version of the terms that the client accepted; null: an admin placed the order, or it is free. */
    terms: z.nullable(z.strictObject({ language: z.enum(languages), version: z.int().check(z.minimum(1)) })),
    /**
     * The consumer asked, when ordering, that the service begin within the days in which they may withdraw. Only then are the
     * days used charged if they withdraw (art. 108 TRLGDCU; Directive 2011/83/EU, articles 7(3) and 14(3)).
     */
    beginAtOnce: z.boolean(),
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
    beginAtOnce: false,
  },
  // A cancellation wins over any change made before it reached the server.
  conflicts: { status: cancellationWins, reason: cancellationWins, cause: cancellationWins },
  uniqueKeys: { instance: 'instanceName' },
  insertOnly: false,
});
export type Order = z.infer<typeof orders.schema>;
