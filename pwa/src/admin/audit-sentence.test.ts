import { expect, test } from 'vitest';
import { auditEn } from '../i18n/audit-en.ts';
import { sentenceOf } from './audit-sentence.ts';

const line = (collection: string, action: string, changes: Record<string, [unknown, unknown]>) => ({
  id: 1,
  at: 0,
  writtenAt: 0,
  actor: 'Ana',
  device: 'd',
  document: 'x',
  collection,
  action,
  changes,
});

type Changes = Record<string, [unknown, unknown]>;
const told: [
  collection: string,
  action: string,
  changes: Changes,
  key: keyof typeof auditEn.did | undefined,
][] = [
  ['tickets', 'update', { status: ['open', 'closed'] }, 'closed'],
  ['tickets', 'update', { status: ['closed', 'open'], closedAt: [1, null] }, 'reopened'],
  ['tickets', 'update', { assignee: [null, 'p1'] }, 'assigned'],
  ['tickets', 'update', { assignee: ['p1', null] }, 'released'],
  ['orders', 'update', { history: [[], []], status: ['setting up', 'active'] }, 'activated'],
  ['invoices', 'update', { status: ['draft', 'unpaid'], number: [null, 'A1'] }, 'issued'],
  ['messages', 'create', { kind: [null, 'note'] }, 'noted'],
  ['payments', 'create', {}, 'booked'],
  ['tickets', 'update', { subject: ['a', 'b'] }, 'changed'],
  ['services', 'remove', {}, 'removed'],
  ['sessions', 'sign-in', {}, undefined],
];
test.each(told)('%s %s %j is told as "%s"', (collection, action, changes, key) => {
  const sentence = sentenceOf(line(collection, action, changes));
  expect(sentence?.key).toBe(key);
  if (key) expect(auditEn.did[key]).toContain('{name}');
});
