import type { Day } from '../billing/day.ts';

/** What the API answers. */

/** An order by its number and name, as a person knows it. */
export type NamedOrder = { order: string; number: number | null; text: string };

/** What a run would issue; amounts net, in minor units. */
export type NextRun = {
  day: Day;
  currency: string;
  clients: {
    client: string;
    name: string;
    net: number;
    /** Nothing is issued before there is a billing identity. */
    waits: boolean;
    charges: (NamedOrder & {
      from: Day;
      to: Day;
      amount: number;
      due: Day;
      /** Price of the period x days / days of the whole period. */
      why: { price: number; days: number; of: number };
    })[];
    adjustments: { text: string; amount: number }[];
  }[];
  held: NamedOrder[];
  net: number;
  /** Net of what was issued in the month before the day, and in its own month so far. */
  lastMonth: number;
  thisMonth: number;
};

/** What waits for a client's next invoice, net, in minor units. */
export type WaitingAdjustment = {
  id: string;
  client: string;
  name: string;
  text: string;
  amount: number;
  madeAt: number;
};

/** The records for the Spanish tax office. */
export type VerifactuState = {
  environment: 'off' | 'test' | 'production';
  hasCertificate: boolean;
  /** By state: waiting, accepted, with errors, refused, said again. */
  counts: Record<string, number>;
  /** Why nothing can be sent, and when that is tried again. */
  line: { until: number; reason: string } | null;
  /** Refused, or accepted with errors: to be said again. */
  refused: { position: number; number: string; state: 'refused' | 'with errors'; answer: string }[];
  /** Newest first. */
  events: { at: number; detail: string }[];
};
