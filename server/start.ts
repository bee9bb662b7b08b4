import { createServer, type Server as HttpServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/open-database.ts';
import { seed } from './demo/seed.ts';
import { oneAtATime } from './database/start-lock.ts';
import { serveMetrics } from './metrics.ts';
import { createLive } from '#sync/server/live.ts';
import { jobsOf } from './job-list.ts';
import { startJobs, type Jobs } from './jobs/scheduler.ts';
import { openServer } from './open-server.ts';

/** How long running requests may take to finish when the server is asked to stop. */
const drainMs = 10_000;

/**
 * Starts everything in order. If the start fails, everything is stopped in the opposite order.
 *
 * @param thread the file that runs jobs in worker threads
 * @returns a function that stops everything in the opposite order
 */
export async function start(
  config: Config,
  thread = fileURLToPath(new URL('./worker-thread.ts', import.meta.url)),
): Promise<() => Promise<void>> {
  const opened: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const database = await openDatabase(config);
    opened.push(() => database.release());
    const server = openServer(config, database.url);
    opened.push(() => server.db.close());
    const people = await oneAtATime(database.url, () => seed(server));
    const live = createLive(server);
    opened.push(() => live.stop());
    const stopMetrics = await serveMetrics(server, config);
    if (stopMetrics) opened.push(stopMetrics);
    const http = createServer(await createApp(server, live));
    const port = await listen(http, config);
    const running: { jobs: Jobs | null } = { jobs: null };
    opened.push(async () => {
      await live.stop(); // ends the live streams, which would keep the drain waiting
      await drain(http);
      await running.jobs?.stop();
    });
    // If a compile cache is set (npm start does that), job threads find their modules compiled even at the first start.
    flushCompileCache();
    running.jobs = await startJobs(server, {
      databaseUrl: database.url,
      jobs: jobsOf(config),
      thread,
    });
    for (const { role, username, password } of people) console.log(`${role} ${username} ${password}`);
    console.log(`ready http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`);
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function listen(http: HttpServer, { host, port }: Config): Promise<number> {
  return new Promise((done, failed) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      failed(
        error.code === 'EADDRINUSE'
          ? new Error(`PORT is not free: something listens on ${host}:${port} already`)
          : error,
      );
    });
    http.listen(port, host, () => {
      const address = http.address();
      done(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Finishes running requests and accepts no new ones. */
function drain(http: HttpServer): Promise<void> {
  return new Promise((done) => {
    const force = setTimeout(() => http.closeAllConnections(), drainMs);
    http.close(() => {
      clearTimeout(force);
      done();
    });
    http.closeIdleConnections();
  });
}
