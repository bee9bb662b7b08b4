import type { Order } from '../orders/schema.ts';
import type { PageName } from '../settings/pages.ts';
import type { Language, Role } from './schema.ts';

/** What the API answers. */

export type Provider = {
  provider: string;
  contact: string;
  timeZone: string;
  logo: boolean;
  pages: PageName[];
  /** The version of the terms in force, by language; empty: none were published. */
  terms: { language: Language; version: number }[];
  /** The tax the reader is charged, hundredths of a percent; null where none is known. */
  taxPercent: number | null;
  /** Whether the periods of new orders follow the calendar: what a first invoice will be. */
  alignment: Order['alignment'];
  /** Staff without a second factor are offered one. */
  offerTotp: boolean;
};

export type OwnSession = {
  id: string;
  agent: string;
  createdAt: number;
  seenAt: number;
  current: boolean;
};

export type OwnSecurity = { sessions: OwnSession[]; totp: boolean; recoveryCodes: number };

/** Who is signed in. */
export type Me = { id: string; role: Role; name: string };
