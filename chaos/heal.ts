import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction } from '#sync/server/in-transaction.ts';
import { verifyInvoices } from '../server/invoices/verify.ts';
import type { World } from './play.ts';
import { openTruth } from './stage.ts';
import { judge, readTruth, type Seen, type Verdict } from './truth.ts';
import type { Dump, Named, Written } from './wire.ts';
import type { Server } from '../server/context.ts';

export type Healed = { verdict: Verdict; healedMs: number | null; why: string };
type Known = { ledger: readonly Written[]; wiped: readonly (Named & { device: string })[] };

/** Where everything has come to rest and devices still differ, waiting longer changes nothing. */
const restMs = 8_000;
/** A worker that lives finishes its e-mail within this time, as the mail server is well. */
const claimMs = 3_000;

/**
 * All faults end, and everything must come right by itself in time: nothing waits on a device, every e-mail
 * is out, each device has what the server has. Time that would pass until an e-mail is tried again, or until the claim
 * of a killed worker has run out, is skipped.
 */
export async function heal(world: World, known: Known, mostMs: number): Promise<Healed> {
  // The last to be killed: what they had claimed is from before.
  await world.threads.stop();
  const began = Date.now();
  await endFaults(world, began + mostMs);
  // What was claimed until now may be held by a worker that failed with the database.
  const over = Date.now();
  const truth = openTruth(world.database.url);
  let calmSince = 0;
  let lastSeen = '';
  let why = '';
  try {
    while (Date.now() - began < mostMs) {
      await sleep(500);
      await letTimePass(truth, over);
      const states = await Promise.all(world.replicas.map((replica) => replica.state()));
      const unsettled = states.findIndex(({ settled }) => !settled);
      // A device may learn that its account was disabled when it is enabled already: it asks to be let in again.
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
      const moved = `${head ?? ''} ${why}`;
      if (moved !== lastSeen) calmSince = Date.now();
      lastSeen = moved;
      if (why !== '' || Date.now() - calmSince < 1_000) continue;
      const verdict = await verdictOf(world, truth, known);
      if (verdict.divergent.length === 0) return { verdict, healedMs: Date.now() - began, why: '' };
      why = `${verdict.divergent.length} documents differ`;
      if (Date.now() - calmSince > restMs) break;
    }
    return { verdict: await verdictOf(world, truth, known), healedMs: null, why };
  } finally {
    await truth.db.close();
  }
}

async function endFaults(
  { proxies, replicas, server, database, mail, desk }: World,
  until: number,
): Promise<void> {
  for (const proxy of proxies) Object.assign(proxy, { offline: false, delayMs: 0, answersToLose: 0 });
  mail.mood = 'well';
  await mail.start();
  await database.start();
  while (Date.now() < until && !(await server.ready())) await sleep(100);
  const disabled = desk.disabled();
  while (Date.now() < until && disabled !== null && !(await desk.enable(disabled))) await sleep(200);
  for (const replica of replicas) {
    replica.tell({ do: 'enabled' });
    replica.tell({ do: 'resync' });
  }
}

async function letTimePass(truth: Server, over: number): Promise<void> {
  const now = Date.now();
  await inTransaction(truth.db, async (transaction) => {
    await truth.db.query("UPDATE outbox SET not_before = ? WHERE state = 'scheduled' AND not_before > ?", {
      replacements: [now, now],
      transaction,
    });
    // Who was let in late had tried often: so many tries at the door are forgotten after a quarter of an hour.
    await truth.db.query('DELETE FROM throttles', { transaction });
    if (now - over < claimMs) return;
    // Claims are for five minutes, so this one is from before.
    await truth.db.query(
      "UPDATE outbox SET claimed_until = 0 WHERE state = 'sending' AND claimed_until < ?",
      {
        replacements: [over + 5 * 60_000],
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
  const there = dumped.filter((each): each is typeof each & { dump: Dump } => each.dump !== null);
  const seen: Seen = {
    ...known,
    dumps: there.map(({ dump }) => dump),
    devices: there.map(({ replica }) => replica.player.device),
    mails: world.mail.mails,
  };
  const verdict = judge(await readTruth(truth), seen);
  const gone = dumped
    .filter(({ dump }) => dump === null)
    .map(({ replica }) => `${replica.player.device} has no replica`);
  const booksWrong = await verifyInvoices(truth).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
  return { ...verdict, booksWrong, divergent: [...verdict.divergent, ...gone] };
}
