import type { CollectionName, Fields } from '#shared/collections.ts';
import type { KeptRefusal } from '#sync/client/refusals.ts';
import { same, type AuditLine, type RunResult, type Truth } from './truth.ts';
import type { Written } from './wire.ts';

/**
 * Checks the outcome of each write that a device accepted.
 * A new document must be a row of the server or a refusal on its device. Each field of a change must meet one
 * of these conditions: the server has the value or had it once (audit), the server accepted a change of the
 * field from that device then or later, a refusal keeps it as written, or the same device overwrote it before
 * sending.
 * Of a value that somebody else had given the field, and that a restore lost, it is enough that the person wrote it back:
 * compared with what they saw, they changed nothing.
 * Writes that were deleted with the device of a disabled account are counted separately, because that
 * deletion is promised.
 */
export function lossesOf(truth: Truth, run: RunResult): { lost: string[]; wiped: number } {
  const lines = Map.groupBy(truth.audit, ({ document }) => document);
  const refusals = refusalsOf(run);
  const forgotten = Map.groupBy(
    run.restores.flatMap(({ lostAudit }) => lostAudit),
    ({ document }) => document,
  );
  const wipedKeys = new Set(run.wiped.map(({ device, id }) => `${device} ${id}`));
  const unsent = unsentOf(run);
  const later = lastWrites(run.ledger);
  const lost: string[] = [];
  let wiped = 0;
  for (const written of run.ledger) {
    const { device, id, collection, how } = written;
    const kept = refusals.get(`${device} ${id}`) ?? [];
    const current = truth.documents.get(collection)?.get(id);
    const missing =
      how === 'insert'
        ? current || kept.length > 0 || wasRemoved(lines.get(id))
          ? []
          : ['the document']
        : Object.keys(written.fields).filter(
            (field) =>
              !isAccountedFor(written, field, {
                current,
                lines: lines.get(id) ?? [],
                forgotten: forgotten.get(id) ?? [],
                kept,
              }) && (later.get(`${device} ${id} ${field}`) ?? 0) <= written.writtenAt,
          );
    // A run that did not heal has failed anyway, and an unsent write is not lost yet.
    if (missing.length === 0 || unsent.has(`${device} ${id}`)) continue;
    if (wipedKeys.has(`${device} ${id}`)) wiped += 1;
    else
      lost.push(
        `${device} ${how} ${collection} ${id} at ${written.writtenAt}: ${missing.join(', ')} ${JSON.stringify(written.fields)}`,
      );
  }
  return { lost, wiped };
}

/** An attachment is removed when its message is redacted: it existed and was removed. */
function wasRemoved(lines: readonly AuditLine[] = []): boolean {
  return lines.some(({ collection, action }) => collection === 'files' && action === 'remove');
}

/** Fields that the server derives when another field changes, whatever was sent for them. */
const derived: Record<string, Record<string, readonly string[]>> = {
  // A cancellation ends what was scheduled.
  orders: { cancelsOn: ['status'], nextStatus: ['status'], change: ['prices', 'status'] },
  tickets: { closingComment: ['status'], assignee: ['queue'] },
};

type FieldEvidence = {
  current: Fields | undefined;
  lines: readonly AuditLine[];
  /** Lines of the audit that a restore lost. */
  forgotten: readonly AuditLine[];
  kept: readonly KeptRefusal[];
};

function isAccountedFor(
  written: Written,
  field: string,
  { current, lines, forgotten, kept }: FieldEvidence,
): boolean {
  const value = written.fields[field];
  if (current && same(current[field], value)) return true;
  // Conflicting read receipts resolve to the later time.
  if (field === 'readAt' && Number(current?.[field]) >= Number(value)) return true;
  if (kept.some(({ mine }) => same(mine[field], value))) return true;
  const wasSeen = forgotten.some(
    ({ collection, device, changes }) =>
      collection === written.collection && device !== written.device && same(changes[field]?.[1], value),
  );
  if (wasSeen) return true;
  return lines.some(({ collection, device, deviceTime, changes }) => {
    if (collection !== written.collection) return false;
    const change = changes[field];
    if (change && (same(change[0], value) || same(change[1], value))) return true;
    const sources = derived[collection]?.[field] ?? [];
    const accepted = change ?? sources.map((source) => changes[source]).find(Boolean);
    return accepted !== undefined && device === written.device && deviceTime >= written.writtenAt;
  });
}

function refusalsOf({ dumps, devices }: RunResult): Map<string, KeptRefusal[]> {
  const all = dumps.flatMap(({ refusals }, i) =>
    refusals.map((refusal) => ({ device: devices[i] ?? '', refusal })),
  );
  const grouped = Map.groupBy(all, ({ device, refusal }) => `${device} ${refusal.document}`);
  return new Map([...grouped].map(([key, list]) => [key, list.map(({ refusal }) => refusal)]));
}

function unsentOf({ dumps, devices }: RunResult): Set<string> {
  const keys = dumps.flatMap(({ documents }, i) =>
    Object.values(documents).flatMap((list) =>
      list.filter((document) => document['seq'] === 0).map(({ id }) => `${devices[i] ?? ''} ${id}`),
    ),
  );
  return new Set(keys);
}

/** The time at which each device last wrote each field of each document. */
function lastWrites(ledger: readonly Written[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { device, id, how, fields, writtenAt } of ledger) {
    if (how === 'insert') continue;
    for (const field of Object.keys(fields)) last.set(`${device} ${id} ${field}`, writtenAt);
  }
  return last;
}

/** The fields that hold people's own texts. Other fields are copies (an author's name, what an invoice prints). */
const texts: Partial<Record<CollectionName, readonly string[]>> = {
  people: ['displayName', 'identity', 'taxTreatment', 'taxHold'],
  services: ['slug', 'descriptions'],
  orders: ['instanceName', 'comments', 'accessDetails', 'notes'],
  tickets: ['subject', 'closingComment'],
  files: ['fileName', 'reason'],
  messages: ['body'],
  payments: ['reference'],
  cannedReplies: ['title', 'body'],
  announcements: ['title', 'body'],
};

export function doublesOf(truth: Truth): string[] {
  return [
    ...tokensTwice(truth),
    ...appliedTwice(truth),
    ...eventsTwice(truth),
    ...emailsTwice(truth),
    ...chargedTwice(truth),
  ];
}

function tokensTwice({ documents }: Truth): string[] {
  const places = new Map<string, Set<string>>();
  const found = (collection: CollectionName, document: Fields, text: unknown) => {
    for (const [token] of JSON.stringify(text ?? '').matchAll(/w\d+\.\d+w/g)) {
      places.set(token, (places.get(token) ?? new Set()).add(`${collection} ${document.id}`));
    }
  };
  for (const [collection, rows] of documents) {
    for (const document of rows.values()) {
      // The server copies an announcement for a service to each of its clients.
      if (collection === 'announcements' && document['audience'] === 'client') continue;
      // The event of a closing repeats the closing comment.
      if (collection === 'messages' && document['kind'] === 'event') continue;
      for (const field of texts[collection] ?? []) found(collection, document, document[field]);
      // A line for an order repeats the order's name. Only a manual line has its own text.
      const lines =
        collection === 'invoices' ? (document['lines'] as { order: unknown; text: string }[]) : [];
      for (const line of lines) if (line.order === null) found(collection, document, line.text);
    }
  }
  return [...places]
    .filter(([, where]) => where.size > 1)
    .map(([token, where]) => `${token} is in ${[...where].join(' and ')}`);
}

function appliedTwice({ audit }: Truth): string[] {
  // A device time of 0 marks a consequence, not the writer's own change.
  const fromDevices = audit.filter(
    ({ device, action, deviceTime }) => device.startsWith('chaos-') && action !== 'remove' && deviceTime > 0,
  );
  const keyOf = ({ device, collection, document, deviceTime, changes }: AuditLine) =>
    `${device} ${collection} ${document} written at ${deviceTime}: ${Object.keys(changes).sort().join(', ')}`;
  return duplicates(fromDevices, keyOf, 'applied');
}

/**
 * Each status change of a ticket must have exactly one event in its thread. A ticket that was closed and reopened before its
 * device was online again has kept its status and got a comment: that has an event of its own, and one of a reopening unless
 * somebody else had closed the ticket meanwhile.
 */
function eventsTwice({ audit, documents }: Truth): string[] {
  const updates = audit.filter(({ collection, action }) => collection === 'tickets' && action === 'update');
  const changed = updates.flatMap(({ document, changes: { status, closingComment } }) => {
    if (status) return [`${document}: ${closedOrOpen(status[0])} -> ${closedOrOpen(status[1])}`];
    return closingComment?.[1] ? [`${document}: open -> closed`] : [];
  });
  const perhaps = updates.flatMap(({ document, changes: { status, closingComment } }) =>
    !status && closingComment?.[1] ? [`${document}: closed -> open`] : [],
  );
  const found = [...(documents.get('messages')?.values() ?? [])].flatMap((message) => {
    const event = message['event'] as { what: string; from: string; to: string } | null;
    if (event?.what !== 'status') return [];
    return [`${String(message['ticket'])}: ${closedOrOpen(event.from)} -> ${closedOrOpen(event.to)}`];
  });
  const counts = (list: readonly string[]) => Map.groupBy(list, (each) => each);
  const [changes, events, reopenings] = [counts(changed), counts(found), counts(perhaps)];
  return [...new Set([...changed, ...found])].flatMap((key) => {
    const [must, are] = [changes.get(key)?.length ?? 0, events.get(key)?.length ?? 0];
    const most = must + (reopenings.get(key)?.length ?? 0);
    return are < must || are > most ? [`ticket ${key}: ${must} changes, ${are} events`] : [];
  });
}

const closedOrOpen = (status: unknown) => (status === 'open' ? 'open' : 'closed');

function emailsTwice({ emails }: Truth): string[] {
  return duplicates(emails, ({ dedupeKey, recipient }) => `${dedupeKey} ${recipient}`, 'emails');
}

function chargedTwice({ charges }: Truth): string[] {
  return charges.flatMap((charge, i) =>
    charges
      .slice(i + 1)
      .filter(({ order, from, to }) => order === charge.order && from < charge.to && charge.from < to)
      .map(({ order, from }) => `order ${order} is charged twice from ${from}`),
  );
}

function duplicates<T>(list: readonly T[], keyOf: (each: T) => string, what: string): string[] {
  return [...Map.groupBy(list, keyOf)]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => `${same.length} x ${what}: ${key}`);
}
