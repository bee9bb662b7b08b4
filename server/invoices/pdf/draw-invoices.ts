import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { Op } from 'sequelize';
import { findDocuments } from '#sync/server/row.ts';
import { smallHeap } from '../../jobs/worker.ts';
import { countTry } from '../../people/throttle.ts';
import { checkPng, readLogo } from '../../settings/logo.ts';
import type { DrawTask } from './draw-thread.ts';
import { undrawn } from './undrawn.ts';
import { storeFile } from '../../files/stored-files.ts';
import { type Server, transact, jobWriter } from '../../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** An invoice that ended its worker so often waits for a quarter of an hour, so that the others are drawn. */
const mostTries = 3;
/** A third would wait, because storing takes more than a third of the time of drawing. Each takes about 100 MB. */
const mostThreads = 2;
/** How many invoices, with everything that they print, are in memory at once. */
const batchSize = 50;
/** The longest invoice takes a second. */
const longestMs = 60_000;

/**
 * Draws and stores the PDF of every issued invoice that has none. This happens once per invoice, after the transaction
 * that issued it. If an invoice cannot be drawn, the others still are; the next run tries it again.
 *
 * @returns number of PDFs drawn
 */
export async function drawInvoices(server: Server): Promise<number> {
  const threads = openThreads();
  try {
    return await drawAll(server, threads);
  } finally {
    await threads.destroy();
  }
}

/**
 * Threads that draw, while this one stores what is drawn. With two cores there is one thread. One that dies, or is ended
 * because it took too long, takes only its invoice with it.
 */
function openThreads(): Piscina<DrawTask, Uint8Array> {
  return new Piscina({
    filename: new URL('./draw-thread.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: Math.min(mostThreads, Math.max(1, availableParallelism() - 1)),
    resourceLimits: smallHeap,
  });
}

async function drawAll(server: Server, threads: Piscina<DrawTask, Uint8Array>): Promise<number> {
  let drawn = 0;
  const failed: string[] = [];
  for (;;) {
    const where = { ...undrawn, id: { [Op.notIn]: failed } };
    const found = await findDocuments(server, invoices, { where, order: ['number'], limit: batchSize });
    if (found.length === 0) return drawn;
    const next = found.values();
    const lane = async () => {
      for (const invoice of next) {
        try {
          await countTry(server, { name: `drawing ${invoice.id}`, most: mostTries });
          const task = { invoice, logo: await logoOf(server, invoice) };
          const bytes = await threads.run(task, { signal: AbortSignal.timeout(longestMs) });
          drawn += await store(server, invoice, Buffer.from(bytes));
        } catch (error) {
          failed.push(invoice.id);
          server.log.error({ invoice: invoice.number, error }, 'an invoice could not be drawn');
        }
      }
    };
    // One more than threads, so that the next invoice is drawn while one is stored.
    await Promise.all(Array.from({ length: threads.maxThreads + 1 }, lane));
  }
}

/** The frozen logo. One that no program can decode, stored before logos were checked so far, is left out. */
async function logoOf(server: Server, { number, logo }: Invoice): Promise<Buffer | null> {
  const png = await readLogo(server, logo);
  try {
    if (png) checkPng(png);
    return png;
  } catch (error) {
    server.log.error({ invoice: number, logo, error }, 'the logo of an invoice cannot be drawn');
    return null;
  }
}

/** Sets the hash under a lock on the invoice, so that two workers for the same invoice store only one file. */
async function store(server: Server, invoice: Invoice, bytes: Buffer): Promise<number> {
  const writer = jobWriter(server, 'draw-invoices');
  const { result } = await transact(server, writer, async (tx) => {
    const current = await tx.load(invoices, invoice.id);
    if (!current || current.pdfHash !== null) return 0;
    const fileName = `${invoice.number ?? invoice.id}.pdf`;
    const pdfHash = await storeFile(tx, { invoice: invoice.id, client: invoice.client, fileName, bytes });
    await tx.update(invoices, current, { pdfHash });
    server.atStep('drawing: file written, not committed');
    return 1;
  });
  server.atStep('drawing: committed');
  return result;
}
