import { setTimeout as sleep } from 'node:timers/promises';
import { people } from '#shared/people/schema.ts';
import { findIds } from '#sync/server/row.ts';
import { inTransaction } from '#sync/server/in-transaction.ts';
import { verifyInvoices } from '../server/invoices/verify.ts';
import type { World } from './play.ts';
import { openTruth } from './stage.ts';
import { judge, readTruth, type RunResult, type Verdict } from './truth.ts';
import type { Dump, DocumentRef, Written } from './wire.ts';
import type { Server } from '../server/context.ts';

export type Healed = { verdict: Verdict; healedMs: number | null; why: string };
type Known = { ledger: readonly Written[]; wiped: readonly (DocumentRef & { device: string })[] };

/** If nothing has changed for this long and devices still differ, waiting longer is pointless. */
const stableMs = 8_000;
/** A living worker finishes its e-mail within this time, because the mail server works. */
const claimMs = 3_000;

/**
 * Ends all faults. Everything must then heal by itself within the time: no device has unsent writes, every
 * e-mail is sent, and each device equals the server. Two waits are skipped: the time until an e-mail is
 * retried, and the time until the claim of a killed worker expires.
 */
export async function heal(world: World, known: Known, timeoutMs: number): Promise<Healed> {
  // The last kill: whatever these workers claimed was claimed before `faultsEnded`.
  await world.threads.stop();
  const began = Date.now();
  await endFaults(world, began + timeoutMs);
  // A worker that failed together with the database may hold any claim made until now.
  const faultsEnded = Date.now();
  const truth = openTruth(world.database.url);
  let stableSince = 0;
  let lastProgress = '';
  let why = '';
  try {
    while (Date.now() - began < timeoutMs) {
      await sleep(500);
      await letTimePass(truth, faultsEnded);
      const states = await Promise.all(world.replicas.map((replica) => replica.state()));
      const unsettled = states.findIndex(({ settled }) => !settled);
      // A device may learn late that its account was disabled, when it is already enabled again. It is told
      // to sign in again.
      states.forEach(({ why: what }, i) => {
        if (what === 'no replica') world.replicas[i]?.tell({ do: 'enabled' });
      });
      const emails = await emailsUnderWay(truth);
      const [head] = await readCounter(truth);
      why =
        unsettled >= 0
          ? `replica ${unsettled}: ${states[unsettled]?.why ?? ''}`
          : emails > 0
            ? `${emails} e-mails are not out`
            : '';
      const progress = `${head ?? ''} ${why}`;
      if (progress !== lastProgress) stableSince = Date.now();
      lastProgress = progress;
      if (why !== '' || Date.now() - stableSince < 1_000) continue;
      const verdict = await verdictOf(world, truth, known);
      if (verdict.divergent.length === 0) return { verdict, healedMs: Date.now() - began, why: '' };
      why = `${verdict.divergent.length} documents differ`;
      if (Date.now() - stableSince > stableMs) break;
    }
    return { verdict: await verdictOf(world, truth, known), healedMs: null, why };
  } finally {
    await truth.db.close();
  }
}

async function endFaults(
  { proxies, replicas, people: everybody, server, database, mail, admin }: World,
  until: number,
): Promise<void> {
  for (const proxy of proxies) Object.assign(proxy, { offline: false, delayMs: 0, answersToLose: 0 });
  mail.mode = 'well';
  await mail.start();
  await database.start();
  while (Date.now() < until && !(await server.ready())) await sleep(100);
  // A restore may have disabled an account again.
  for (const id of await disabledIn(database.url, everybody)) {
    while (Date.now() < until && !(await admin.enable(id))) await sleep(200);
  }
  for (const replica of replicas) {
    replica.tell({ do: 'enabled' });
    replica.tell({ do: 'resync' });
  }
}

async function disabledIn(url: string, known: World['people']): Promise<string[]> {
  const truth = openTruth(url);
  try {
    const found = await findIds(truth, people, { where: { status: 'disabled' } });
    return found.filter((id) => known.some((person) => person.id === id));
  } finally {
    await truth.db.close();
  }
}

async function letTimePass(truth: Server, faultsEnded: number): Promise<void> {
  const now = Date.now();
  await inTransaction(truth.db, async (transaction) => {
    await truth.db.query("UPDATE outbox SET not_before = ? WHERE state = 'scheduled' AND not_before > ?", {
      replacements: [now, now],
      transaction,
    });
    // A person who got in late has tried often. Sign-in throttles last a quarter of an hour, so they are
    // cleared.
    await truth.db.query('DELETE FROM throttles', { transaction });
    if (now - faultsEnded < claimMs) return;
    // Claims last five minutes, so this one was made before the faults ended.
    await truth.db.query(
      "UPDATE outbox SET claimed_until = 0 WHERE state = 'sending' AND claimed_until < ?",
      {
        replacements: [faultsEnded + 5 * 60_000],
        transaction,
      },
    );
  });
}

async function emailsUnderWay(truth: Server): Promise<number> {
  const [rows] = await truth.db.query(
    "SELECT COUNT(*) AS n FROM outbox WHERE state IN ('scheduled', 'sending')",
  );
  return Number((rows as { n: string }[])[0]?.n);
}

async function readCounter(truth: Server): Promise<string[]> {
  const [rows] = await truth.db.query("SELECT value FROM counters WHERE name = 'sync'");
  return (rows as { value: string }[]).map(({ value }) => String(value));
}

async function verdictOf(world: World, truth: Server, known: Known): Promise<Verdict> {
  const dumped = await Promise.all(
    world.replicas.map(async (replica) => ({ replica, dump: await replica.dump() })),
  );
  const present = dumped.filter((each): each is typeof each & { dump: Dump } => each.dump !== null);
  const run: RunResult = {
    ...known,
    dumps: present.map(({ dump }) => dump),
    devices: present.map(({ replica }) => replica.player.device),
    mails: world.mail.mails,
    restores: world.restores,
  };
  const verdict = judge(await readTruth(truth), run);
  const missing = dumped
    .filter(({ dump }) => dump === null)
    .map(({ replica }) => `${replica.player.device} has no replica`);
  const booksWrong = await verifyInvoices(truth).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
  return { ...verdict, booksWrong, divergent: [...verdict.divergent, ...missing] };
}
