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
import { lineOf, maxRecords, setLine } from './queue.ts';
import type { Fields } from './record.ts';
import { type Server, transact, jobWriter } from '../../context.ts';

/** Addresses of the tax office. Source: SistemaFacturacion.wsdl of the Agencia Tributaria. */
const addresses: Record<Exclude<SettingsForm['verifactu'], 'off'>, string> = {
  test: 'https://prewww1.aeat.es/wlpl/TIKE-CONT/ws/SistemaFacturacion/VerifactuSOAP',
  production: 'https://www1.agenciatributaria.gob.es/wlpl/TIKE-CONT/ws/SistemaFacturacion/VerifactuSOAP',
};
const firstWaitMs = 60_000;
const longestWaitMs = 3_600_000;

/** The message has to report an incident if its records are older than this. Source: error 2004 of the list of validations. */
const lateMs = 240_000;

type Parsed = Fields & {
  NombreRazonEmisor: string;
  IDFactura: { IDEmisorFactura: string; NumSerieFactura: string };
  FechaHoraHusoGenRegistro: string;
};
type Batch = readonly { position: number; record: Parsed }[];
export type SendResult = { accepted: number; 'with errors': number; refused: number };
const noneSent = { accepted: 0, 'with errors': 0, refused: 0 };

/**
 * Sends the waiting records, oldest first, in one message, and stores the answer for each record. If the answer is lost,
 * the records are sent again and the tax office answers that it already has them. If a message is refused as a whole
 * because of its content, it is split in halves until the wrong record is alone.
 *
 * @returns number of records that got each state
 */
export async function sendRecords(server: Server, lease: Lease | null = null): Promise<SendResult> {
  const { verifactu: environment } = await settings(server);
  const { verifactu } = server.config;
  if (environment === 'off' || !verifactu) return noneSent;
  const line = await lineOf(server);
  const rows = await findRows(server.models.verifactuRecords, {
    where: { environment, state: 'waiting' },
    order: ['position'],
    limit: line.batch,
  });
  const all = rows.map(({ position, body }) => ({ position, record: JSON.parse(body) as Parsed }));
  const [first] = all;
  if (!first) return noneSent;
  const issuer = first.record.IDFactura.IDEmisorFactura;
  // A message contains records of one seller only.
  const other = all.findIndex(({ record }) => record.IDFactura.IDEmisorFactura !== issuer);
  const batch = other < 0 ? all : all.slice(0, other);
  const late = server.now() - Date.parse(first.record.FechaHoraHusoGenRegistro) > lateMs;
  const envelope = envelopeOf(
    { name: first.record.NombreRazonEmisor, nif: issuer, late },
    batch.map(({ record }) => record),
  );
  try {
    const answer = readAnswer(await post(verifactu.url ?? addresses[environment], envelope, verifactu));
    return await saveAnswer(server, batch, { ...answer, lease });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof LeaseLost) throw error;
    if (!(error instanceof MessageRefused)) await recordFailure(server, reason, lease);
    else if (batch.length > 1)
      await setLine(server, { ...line, until: 0, batch: Math.ceil(batch.length / 2) });
    else
      return saveAnswer(server, batch, { waitSeconds: 1, lines: [refusedFor(first.record, reason)], lease });
    return noneSent;
  }
}

function refusedFor({ IDFactura }: Parsed, message: string): Answer['lines'][number] {
  return { number: IDFactura.NumSerieFactura, state: 'refused', message };
}

/** Posts a message over mutual TLS, with the seller's certificate. @throws Error if there is no usable answer */
async function post(
  url: string,
  body: string,
  connection: NonNullable<Config['verifactu']>,
): Promise<string> {
  const [pfx, ca] = await Promise.all([
    readFile(connection.certificate),
    connection.ca ? readFile(connection.ca) : undefined,
  ]);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        pfx,
        passphrase: connection.password,
        minVersion: 'TLSv1.2',
        timeout: 60_000,
        ...(ca ? { ca } : {}),
        headers: { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          // A SOAP fault comes with status 500. Its text says more than the number.
          if (response.statusCode === 200 || text.includes('Fault')) return resolve(text);
          reject(new Error(`the tax office answers ${response.statusCode}`));
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('the tax office does not answer')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function saveAnswer(
  server: Server,
  batch: Batch,
  { waitSeconds, lines, lease }: Answer & { lease: Lease | null },
): Promise<SendResult> {
  const writer = jobWriter(server, 'send-records');
  const before = await lineOf(server);
  const { result } = await transact(server, writer, async (tx) => {
    const { transaction } = tx;
    await lease?.check(transaction);
    const count = { ...noneSent };
    for (const { position, record } of batch) {
      const number = record.IDFactura.NumSerieFactura;
      const line = lines.find((each) => each.number === number);
      if (!line) continue; // no answer for this record: it is sent with the next message
      const values = { state: line.state, answer: line.message.slice(0, 500), sentAt: tx.now };
      const where = { position, state: 'waiting' };
      const [changed] = await server.models.verifactuRecords.update(values, { where, transaction });
      if (changed === 0) continue;
      count[line.state] += 1;
      const how = line.state === 'refused' ? 'refused' : 'accepted with errors';
      if (line.state !== 'accepted') await addEvent(tx, '90', `${number} was ${how}: ${line.message}`);
    }
    if (before.failures > 0) await addEvent(tx, '90', 'the tax office can be reached again');
    const until = server.now() + waitSeconds * 1_000;
    await setLine(server, { until, failures: 0, reason: '', batch: maxRecords }, transaction);
    return count;
  });
  return result;
}

/** Records a failure. Each failure in a row doubles the wait. Only the first one is added as an event. */
async function recordFailure(server: Server, reason: string, lease: Lease | null): Promise<void> {
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
