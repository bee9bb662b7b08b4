import * as z from 'zod/mini';
import { day, filledLine, id, instant, line, minor, text, times } from './field.ts';
import { alignments, chargedAts, periodUnits, quantity } from './services.ts';

export const orderStatuses = ['setting up', 'active', 'suspended', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** One change of status: the day it counts from, and when it was accepted (of several on a day the last counts). */
export const orderChange = z.strictObject({
  on: day(),
  status: z.enum(['active', 'suspended', 'cancelled']),
  reason: line(200),
  at: instant(),
});

/** The price as agreed, in force from a day on. Frozen: a new price is a new row. */
export const agreedPrice = z.strictObject({ from: day(), amount: minor().check(z.minimum(0)) });

export const orders = {
  name: 'orders',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    /** Null until the server has accepted the order. */
    number: z.nullable(z.int().check(z.minimum(1))),
    service: id(),
    client: id(),
    instanceName: filledLine(60),
    orderedOn: day(),
    options: z.array(z.strictObject({ key: filledLine(32), quantity: quantity() })).check(z.maxLength(20)),
    unit: z.enum(periodUnits),
    alignment: z.enum(alignments),
    chargedAt: z.enum(chargedAts),
    prices: z.array(agreedPrice).check(z.maxLength(200)),
    status: z.enum(orderStatuses),
    history: z.array(orderChange).check(z.maxLength(1000)),
    anchor: z.nullable(day()),
    billFrom: z.nullable(day()),
    cancelsOn: z.nullable(day()),
    comments: text(),
    accessDetails: text(),
    notes: text(),
  }),
  indexes: [['client', 'createdAt']],
  stamped: ['number', 'orderedOn', 'alignment', 'chargedAt', 'history', 'anchor', 'billFrom'],
  defaults: {
    comments: '',
    accessDetails: '',
    notes: '',
    billFrom: null,
    cancelsOn: null,
    anchor: null,
    history: [],
    options: [],
  },
  merge: {},
  insertOnly: false,
} as const;
export type Order = z.infer<typeof orders.schema>;
