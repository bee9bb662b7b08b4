import type { SellerTax } from '../billing/tax.ts';
import type { Alignment } from '../billing/billing-period.ts';
import type { EmailState } from './email-state.ts';
import type { Language } from './language.ts';
import type { PageName } from './pages.ts';

/** Response types of the API. */

export type Provider = {
  provider: string;
  contact: string;
  timeZone: string;
  logo: boolean;
  pages: PageName[];
  /** The version of the terms in force, by language; empty: none were published. */
  terms: { language: Language; version: number }[];
  /** The tax that the reader is charged, in hundredths of a percent; null if unknown. */
  taxPercent: number | null;
  /** What decides the tax of any client, for clients and for those who write invoices; null for others. */
  sellerTax: SellerTax | null;
  /** Alignment of the periods of new orders. It decides the amount of the first invoice. */
  alignment: Alignment;
  /** True if staff without a second factor are asked to set one up. */
  offerTotp: boolean;
};

export type PublicPage = { body: string; version: number; publishedAt: number } | null;

export type PageVersion = {
  name: PageName;
  language: Language;
  version: number;
  body: string;
  publishedAt: number;
};

export type OutboxRow = {
  id: string;
  kind: string;
  recipient: string;
  state: EmailState;
  attempts: number;
  notBefore: number;
  createdAt: number;
  sentAt: number | null;
  lastError: string | null;
};

export type OutboxList = {
  emails: OutboxRow[];
  counts: Record<string, number>;
  /** Why no e-mail is sent at present, and when sending is tried again. */
  paused: { since: number; until: number; reason: string } | null;
};

export type AuditLine = {
  id: number;
  at: number;
  writtenAt: number;
  actor: string;
  device: string;
  collection: string;
  document: string;
  action: string;
  changes: Record<string, [unknown, unknown]>;
};

export type RunList = {
  nextRunAt: number | null;
  runs: {
    id: string;
    job: string;
    startedAt: number;
    endedAt: number | null;
    state: 'asked' | 'running' | 'done' | 'failed' | 'killed';
    askedBy: string | null;
    progress: { done: number; total: number };
    result: Record<string, number> | null;
    error: string | null;
  }[];
};
