import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { backoff } from '#shared/engine/backoff.ts';
import type { SettingsForm } from '#shared/settings/settings-form.ts';
import type { Config } from '../../config.ts';
import { findRows } from '../../models/rows.ts';
import { settings } from '../../settings/settings.ts';
import { LeaseLost, type Lease } from '../../jobs/lease.ts';
import { envelopeOf, MessageRefused, readAnswer, type Answer } from './envelope.ts';
import { addEvent } from './events.ts';
import { lineOf, most, setLine } from './queue.ts';
import type { Fields } from './record.ts';
import { type Server, transact, jobWriter } from '../../context.ts';

/** Where records go. Source: SistemaFacturacion.wsdl of the Agencia Tributaria. */
const addresses: Record<Exclude<SettingsForm['verifactu'], 'off'>, string> = {
  test: 'https://prewww1.aeat.es/wlpl/TIKE-CONT/ws/SistemaFacturacion/VerifactuSOAP',
  production: 'https://www1.agenciatributaria.gob.es/wlpl/TIKE-CONT/ws/SistemaFacturacion/VerifactuSOAP',
};
const firstWaitMs = 60_000;
const longestWaitMs = 3_600_000;

/** Older records are late, which has to be said with them. Source: error 2004 of the list of validations. */
const lateMs = 240_000;

type Parsed = Fields & {
  NombreRazonEmisor: string;
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string };
  FechaHoraHusoGenRegistro: string;
};
type Batch = readonly { position: number; record: Parsed }[];
export type Sent = { accepted: number; 'with errors': number; refused: number };
const none = { accepted: 0, 'with errors': 0, refused: 0 };

/**
 * Sends what waits, oldest first, one message; what is answered is kept with each record. Where the answer is lost
 * they are sent again, and the tax office says that it knows them. A message that is refused as a whole for what is in
 * it is sent again by halves, until the record is alone that it is about.
 *
 * @returns how many came into each state
 */
export async function sendRecords(server: Server, lease: Lease | null = null): Promise<Sent> {
  const { verifactu: environment } = await settings(server);
  const { verifactu } = server.config;
  if (environment === 'off' || !verifactu) return none;
  const line = await lineOf(server);
  const rows = await findRows(server.models.verifactuRecords, {
    where: { environment, state: 'waiting' },
    order: ['position'],
    limit: line.batch,
  });
  const all = rows.map(({ position, body }) => ({ position, record: JSON.parse(body) as Parsed }));
  const [first] = all;
  if (!first) return none;
  const issuer = first.record.IDFactura.IDEmisorFactura;
  // One message is of one seller.
  const other = all.findIndex(({ record }) => record.IDFactura.IDEmisorFactura !== issuer);
  const batch = other < 0 ? all : all.slice(0, other);
  const late = server.now() - Date.parse(first.record.FechaHoraHusoGenRegistro) > lateMs;
  const envelope = envelopeOf(
    { name: first.record.NombreRazonEmisor, nif: issuer, late },
    batch.map(({ record }) => record),
  );
  try {
    const answer = readAnswer(await post(verifactu.url ?? addresses[environment], envelope, verifactu));
    return await keep(server, batch, { ...answer, lease });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof LeaseLost) throw error;
    if (!(error instanceof MessageRefused)) await failed(server, reason, lease);
    else if (batch.length > 1)
      await setLine(server, { ...line, until: 0, batch: Math.ceil(batch.length / 2) });
    else return keep(server, batch, { wait: 1, lines: [refusedFor(first.record, reason)], lease });
    return none;
  }
}

function refusedFor({ IDFactura }: Parsed, said: string): Answer['lines'][number] {
  return { number: IDFactura.NumSerieFactura, state: 'refused', said };
}

/** By the seller's certificate, over TLS on both sides. @throws Error where there is no answer of 200 */
async function post(url: string, body: string, line: NonNullable<Config['verifactu']>): Promise<string> {
  const [pfx, ca] = await Promise.all([readFile(line.certificate), line.ca ? readFile(line.ca) : undefined]);
  return new Promise((done, fail) => {
    const sent = request(
      url,
      {
        method: 'POST',
        pfx,
        passphrase: line.password,
        minVersion: 'TLSv1.2',
        timeout: 60_000,
        ...(ca ? { ca } : {}),
        headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          // A fault of SOAP comes with 500; its words say more than the number.
          if (response.statusCode === 200 || text.includes('Fault')) return done(text);
          fail(new Error(`the tax office answers ${response.statusCode}`));
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('the tax office does not answer')));
    sent.on('error', fail);
    sent.end(body);
  });
}

async function keep(
  server: Server,
  batch: Batch,
  { wait, lines, lease }: Answer & { lease: Lease | null },
): Promise<Sent> {
  const writer = jobWriter(server, 'send-records');
  const before = await lineOf(server);
  const { result } = await transact(server, writer, async (tx) => {
    const { transaction } = tx;
    await lease?.check(transaction);
    const count = { ...none };
    for (const { position, record } of batch) {
      const number = record.IDFactura.NumSerieFactura;
      const line = lines.find((each) => each.number === number);
      if (!line) continue; // Nothing was said of it: it waits for the next message.
      const values = { state: line.state, answer: line.said.slice(0, 500), sentAt: tx.now };
      const where = { position, state: 'waiting' };
      const [changed] = await server.models.verifactuRecords.update(values, { where, transaction });
      if (changed === 0) continue;
      count[line.state] += 1;
      const how = line.state === 'refused' ? 'refused' : 'accepted with errors';
      if (line.state !== 'accepted') await addEvent(tx, '90', `${number} was ${how}: ${line.said}`);
    }
    if (before.failures > 0) await addEvent(tx, '90', 'the tax office can be reached again');
    const until = server.now() + wait * 1_000;
    await setLine(server, { until, failures: 0, reason: '', batch: most }, transaction);
    return count;
  });
  return result;
}

/** Twice the wait with each failure in a row; the first is an event. */
async function failed(server: Server, reason: string, lease: Lease | null): Promise<void> {
  const writer = jobWriter(server, 'send-records');
  await transact(server, writer, async (tx) => {
    await lease?.check(tx.transaction);
    const line = await lineOf(server);
    const waitMs = backoff({ attempt: line.failures, first: firstWaitMs, longest: longestWaitMs });
    if (line.failures === 0) await addEvent(tx, '90', `records can not be sent: ${reason}`);
    const changes = {
      until: server.now() + waitMs,
      failures: line.failures + 1,
      reason: reason.slice(0, 500),
    };
    await setLine(server, { ...line, ...changes }, tx.transaction);
  });
  server.log.warn({ reason }, 'records could not be sent to the tax office');
}
