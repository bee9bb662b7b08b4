import type { Day } from '../billing/day.ts';

/** Response types of the API. */

/** An order with the number and name by which a person recognizes it. */
export type NamedOrder = { order: string; number: number | null; text: string };

/** A preview of what a billing run would issue. Amounts are net, in minor units. */
export type NextRun = {
  day: Day;
  currency: string;
  clients: {
    client: string;
    name: string;
    net: number;
    /** True while the client has no complete billing identity: no invoice is issued until then. */
    waits: boolean;
    /** Characters in the client's details that no font can draw; '' if none. The invoice is held until they are replaced. */
    unprintable: string;
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
  /** Net total issued in the month before the day's month. */
  lastMonth: number;
  /** Net total issued so far in the day's month. */
  thisMonth: number;
};

/** An adjustment that will be part of a client's next invoice; net, in minor units. */
export type WaitingAdjustment = {
  id: string;
  client: string;
  name: string;
  text: string;
  amount: number;
  madeAt: number;
};

/** State of the records for the Spanish tax office. */
export type VerifactuState = {
  environment: 'off' | 'test' | 'production';
  hasCertificate: boolean;
  /** Number of records by state: waiting, accepted, accepted with errors, refused, sent again. */
  counts: Record<string, number>;
  /** Why nothing can be sent at present, and when sending is tried again. */
  line: { until: number; reason: string } | null;
  /** Records that were refused or accepted with errors, and must be sent again. */
  refused: { position: number; number: string; state: 'refused' | 'with errors'; answer: string }[];
  /** Newest first. */
  events: { at: number; detail: string }[];
};
