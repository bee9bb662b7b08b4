import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { castOf, peopleOf } from './cast.ts';
import { createDatabaseProcess } from './database-process.ts';
import { openStaff } from './staff.ts';
import { heal } from './heal.ts';
import { createJobThreads } from './job-threads.ts';
import { createMailServer } from './mail-server.ts';
import { play, type World } from './play.ts';
import { startProxy } from './proxy.ts';
import { startReplica } from './replica-child.ts';
import { hashOf, scheduleOf, type Options } from './schedule.ts';
import { createServerProcess } from './server-process.ts';
import { prepareDatabase } from './stage.ts';
import type { Verdict } from './truth.ts';
import type { DocumentRef, Written } from './wire.ts';

export type Outcome = {
  options: Options;
  schedule: string;
  writes: number;
  kills: number;
  restores: number;
  lostAnswers: number;
  verdict: Verdict;
  /** Null if it did not heal in time; `why` then says what was left. */
  healedMs: number | null;
  why: string;
  /** The folder with the database and logs if it was kept, otherwise ''. */
  folder: string;
};

/**
 * One run: a real server, database and mail server, one process per replica, and faults. At the end
 * everything is compared with the server's documents.
 */
export async function runChaos(
  options: Options,
  { keep = false, healSeconds = 60 }: { keep?: boolean; healSeconds?: number } = {},
): Promise<Outcome> {
  const schedule = scheduleOf(options);
  const cast = castOf(options.replicas);
  const folder = mkdtempSync(join(tmpdir(), 'cstims-chaos-'));
  const started: (() => Promise<unknown>)[] = [
    () => Promise.resolve(keep || rmSync(folder, { recursive: true, force: true })),
  ];
  const running = async <T>(starting: Promise<T> | T, stop: (made: T) => Promise<unknown>): Promise<T> => {
    const made = await starting;
    started.push(() => stop(made));
    return made;
  };
  try {
    const database = await running(createDatabaseProcess(join(folder, 'mariadb')), (each) => each.stop());
    const people = await prepareDatabase(database.url, peopleOf(cast));
    const mail = await running(createMailServer(), (each) => each.stop());
    const env = {
      NODE_ENV: 'development',
      DEMO: 'no',
      POLL_SECONDS: '2',
      LOG_LEVEL: 'warn',
      TRUST_PROXY: '1',
      DATABASE_URL: database.url,
      DATA_DIR: join(folder, 'data'),
      SMTP_URL: mail.url,
      PUBLIC_URL: '',
    };
    const log = join(folder, 'server.log');
    const server = await running(createServerProcess({ env, log }), (each) => each.stop());
    server.start();
    while (!(await server.ready())) await sleep(50);
    const threads = await running(createJobThreads(database.url, server.url, env), (each) => each.stop());
    const proxies = await Promise.all(
      cast.map(() => running(startProxy(server.port), (each) => each.close())),
    );
    const ledger: Written[] = [];
    const wiped: (DocumentRef & { device: string })[] = [];
    const replicas = await Promise.all(
      cast.map((player) =>
        running(
          startReplica(player, {
            url: proxies[player.index]?.url ?? '',
            log: join(folder, `replica-${player.index}.log`),
            trace: keep,
            wrote: (written) => ledger.push(written),
            wiped: (device, documents) => wiped.push(...documents.map((each) => ({ ...each, device }))),
          }),
          (each) => each.stop(),
        ),
      ),
    );
    const admin = openStaff(server.url);
    const world: World = {
      faults: options.faults,
      people,
      replicas,
      proxies,
      server,
      database,
      mail,
      threads,
      admin,
      restores: [],
    };
    await play(world, schedule, options.seconds * 1_000);
    const { verdict, healedMs, why } = await heal(world, { ledger, wiped }, healSeconds * 1_000);
    const crashed = replicas.flatMap((replica) => replica.crashed() ?? []);
    return {
      options,
      schedule: hashOf(schedule),
      writes: ledger.length,
      restores: world.restores.length,
      kills: server.kills + database.kills + threads.kills + mail.crashes,
      lostAnswers: proxies.reduce((sum, { lost }) => sum + lost, 0),
      verdict,
      healedMs: crashed.length > 0 ? null : healedMs,
      why: [why, ...crashed].filter(Boolean).join('; '),
      folder: keep ? folder : '',
    };
  } finally {
    for (const stop of started.reverse()) await stop().catch(() => undefined);
  }
}
