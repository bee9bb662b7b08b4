import type { RunResult, Truth } from './truth.ts';

/**
 * The last numbers before the first ticket and order (set by migrations). Invoices begin with 1 in each
 * series and year.
 */
const lastSeeded: Record<string, number> = { tickets: 1_000, orders: 100 };

/** Checks that tickets, orders and invoices are numbered without gaps and duplicates. */
export function numberGaps({ documents }: Truth): string[] {
  const numbersOf = (name: 'tickets' | 'orders') =>
    [...(documents.get(name)?.values() ?? [])].map(({ number }) => ({
      series: name,
      number: Number(number),
    }));
  const invoices = [...(documents.get('invoices')?.values() ?? [])].flatMap(({ number }) => {
    const [series = '', digits = ''] = typeof number === 'string' ? number.split('-') : [];
    return series ? [{ series: `invoices ${series}`, number: Number(digits) }] : [];
  });
  const all = [...numbersOf('tickets'), ...numbersOf('orders'), ...invoices];
  return [...Map.groupBy(all, ({ series }) => series)].flatMap(([series, list]) => {
    const numbers = list.map(({ number }) => number).sort((a, b) => a - b);
    const first = (lastSeeded[series] ?? 0) + 1;
    const wrong = numbers.findIndex((number, i) => number !== first + i);
    return wrong < 0 ? [] : [`${series}: ${numbers[wrong] ?? ''} stands where ${first + wrong} should`];
  });
}

/**
 * The mail server never rejects permanently. So at the end every e-mail is sent, cancelled, or held for its
 * reason.
 */
export function emailsWrong(
  { emails }: Truth,
  { mails, restores }: Pick<RunResult, 'mails' | 'restores'>,
): string[] {
  const received = new Set(mails.map(({ messageId }) => messageId));
  // A restored database does not know of e-mails that were sent after its backup.
  const mayBeUnknown = new Set(
    mails
      .filter(({ at }) => restores.some(({ backedUpAt, restoredAt }) => backedUpAt <= at && at <= restoredAt))
      .map(({ messageId }) => messageId),
  );
  const known = new Set(emails.map(({ messageId }) => messageId));
  const named = ({ kind, document, state, lastError }: Truth['emails'][number]) =>
    `${kind} ${document} is ${state}${lastError ? `: ${lastError}` : ''}`;
  return [
    ...emails.filter(({ state }) => !['sent', 'cancelled', 'held'].includes(state)).map(named),
    ...emails
      .filter(({ state, messageId }) => state === 'sent' && !received.has(messageId))
      .map((email) => `${named(email)}, and never came`),
    ...[...received]
      .filter((id) => !known.has(id) && !mayBeUnknown.has(id))
      .map((id) => `${id} came and is no e-mail`),
  ];
}
