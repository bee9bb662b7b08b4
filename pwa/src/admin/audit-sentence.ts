import type { AuditLine } from '#shared/settings/api.ts';

/** What a line of the audit says in words: a key of the texts, and the id of a person in it. */
export type Sentence = { key: string; person?: string | null };

/** The field that says most, by collection, and what its new value means. Others are "changed". */
const byField: Record<string, [field: string, of: (to: unknown) => Sentence | null][]> = {
  tickets: [
    ['status', (to) => ({ key: to === 'open' ? 'reopened' : to === 'nofix' ? 'closedUnfixed' : 'closed' })],
    ['queue', () => ({ key: 'handedOver' })],
    ['assignee', (to) => (typeof to === 'string' ? { key: 'assigned', person: to } : { key: 'released' })],
    ['priority', (to) => ({ key: to === 'high' ? 'raised' : 'lowered' })],
  ],
  orders: [
    ['status', (to) => ({ key: to === 'active' ? 'activated' : to === 'suspended' ? 'suspended' : 'ended' })],
    ['cancelsOn', (to) => ({ key: to === null ? 'kept' : 'endPlanned' })],
    ['prices', () => ({ key: 'repriced' })],
  ],
  invoices: [
    ['status', (to) => (to === 'unpaid' ? { key: 'issued' } : to === 'paid' ? { key: 'paid' } : null)],
  ],
  files: [
    [
      'state',
      (to) => (to === 'accepted' ? { key: 'accepted' } : to === 'refused' ? { key: 'refused' } : null),
    ],
  ],
  people: [
    ['role', () => ({ key: 'roleChanged' })],
    ['status', (to) => (to === 'disabled' ? { key: 'disabled' } : null)],
  ],
  messages: [['redacted', () => ({ key: 'redacted' })]],
};

/** What a line says in words; null: it is not about a document. */
export function sentenceOf({ collection, action, changes }: AuditLine): Sentence | null {
  if (action === 'create' && collection === 'messages')
    return { key: changes['kind']?.[1] === 'note' ? 'noted' : 'answered' };
  if (action === 'create' && collection === 'payments') return { key: 'booked' };
  if (action === 'create') return { key: 'created' };
  if (action === 'remove') return { key: 'removed' };
  if (action !== 'update') return null;
  for (const [field, of] of byField[collection] ?? []) {
    const change = changes[field];
    const sentence = change && of(change[1]);
    if (sentence) return sentence;
  }
  return { key: 'changed' };
}
