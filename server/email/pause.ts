import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';

/**
 * The outbox pauses while the mail server refuses us as a whole (wrong password, broken TLS, bad configuration). Trying
 * every e-mail would only lock the account. It resumes when the pause ends, or earlier if an admin resumes it.
 */
export type Pause = { since: number; until: number; reason: string };

const firstPauseMs = 60_000;
const longestPauseMs = 30 * 60_000;

export async function pauseOf(server: Server): Promise<Pause | null> {
  const row = await findRow(server.models.settings, { where: { name: 'mail-pause' } });
  return (row?.value ?? null) as Pause | null; // written below
}

/**
 * Pauses the outbox. The first pause lasts a minute. Each further pause lasts twice as long as the time from the start of
 * the first one to the end of the latest one, at most 30 minutes.
 */
export async function pauseMail(server: Server, reason: string): Promise<void> {
  const now = server.now();
  const before = await pauseOf(server);
  const length = before
    ? Math.min(Math.max(before.until - before.since, firstPauseMs) * 2, longestPauseMs)
    : firstPauseMs;
  await write(server, { since: before?.since ?? now, until: now + length, reason });
  server.log.error({ reason }, 'the outbox is paused: the mail server refuses us');
}

export async function resumeMail(server: Server): Promise<void> {
  await write(server, null);
}

async function write(server: Server, pause: Pause | null): Promise<void> {
  await server.models.settings.upsert({ name: 'mail-pause', value: JSON.stringify(pause) });
}
