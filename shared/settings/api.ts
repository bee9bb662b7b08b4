import type { Language } from '../people/schema.ts';
import type { PageName } from './pages.ts';

/** What the API answers. */

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
  state: string;
  attempts: number;
  notBefore: number;
  createdAt: number;
  sentAt: number | null;
  lastError: string | null;
};

export type OutboxList = {
  emails: OutboxRow[];
  counts: Record<string, number>;
  /** Why nothing is sent, and when that is tried again. */
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
