import { expect, test } from 'vitest';
import { collectionNames, type Fields } from '#shared/collections.ts';
import type { Mail } from '../server/test/smtp.ts';
import { judge, type AuditLine, type OutboxRow, type RunResult, type Truth, type Verdict } from './truth.ts';
import type { Written } from './wire.ts';

/* The checks must be able to find each kind of fault. Every test breaks one thing in a world without faults. */

const me = { id: 'admin', role: 'admin', name: 'admin' } as const;
const queue = 'technical';
const ticket: Fields = {
  queue,
  id: 't1',
  number: 1001,
  status: 'closed',
  subject: 'w3.1w',
  priority: 'high',
  seq: 1,
};
const message: Fields = {
  queue,
  id: 'm1',
  ticket: 't1',
  kind: 'answer',
  body: 'w3.2w',
  event: null,
  seq: 2,
};
const event: Fields = {
  queue,
  id: 'm2',
  ticket: 't1',
  kind: 'event',
  body: '',
  seq: 3,
  event: { what: 'status', from: 'open', to: 'closed' },
};
const closedLine: AuditLine = {
  device: 'chaos-3',
  collection: 'tickets',
  document: 't1',
  action: 'update',
  deviceTime: 20,
  changes: { status: ['open', 'closed'] },
};
const email: OutboxRow = {
  kind: 'ticket-opened',
  document: 't1',
  dedupeKey: 'ticket-opened t1',
  recipient: 'x@test.example',
  state: 'sent',
  messageId: '<1@x>',
  lastError: null,
};
const mail: Mail = { to: 'x@test.example', messageId: '<1@x>', subject: '', raw: '' };
const charge = { order: 'o1', from: '2026-01-01', to: '2026-02-01' };
const written: Written = {
  how: 'insert',
  collection: 'messages',
  id: 'm1',
  fields: { body: 'w3.2w' },
  device: 'chaos-3',
  writtenAt: 5,
};
const patched: Written = {
  how: 'patch',
  collection: 'tickets',
  id: 't1',
  fields: { status: 'closed' },
  device: 'chaos-3',
  writtenAt: 20,
};

/** Judges a world without faults in which one thing is changed. */
function judgeWith(over: {
  truth?: Partial<Truth>;
  run?: Partial<RunResult>;
  tickets?: Fields[];
  messages?: Fields[];
}): Verdict {
  const { tickets = [ticket], messages = [message, event] } = over;
  const rows = { tickets, messages } as Record<string, Fields[]>;
  const documents = new Map(
    collectionNames.map((name) => [name, new Map((rows[name] ?? []).map((each) => [each.id, each]))]),
  );
  const truth: Truth = { documents, audit: [closedLine], emails: [email], charges: [charge], ...over.truth };
  const held = { tickets: [ticket], messages: [message, event] };
  return judge(truth, {
    ledger: [written, patched],
    dumps: [{ me, documents: held, refusals: [] }],
    devices: ['chaos-3'],
    wiped: [],
    mails: [{ ...mail, at: 0 }],
    restores: [],
    ...over.run,
  });
}

const figures = (verdict: Verdict) =>
  (['lost', 'doubled', 'divergent', 'numberGaps', 'emailsWrong'] as const).filter(
    (name) => verdict[name].length > 0,
  );
const dumpOf = (documents: Record<string, Fields[]>): RunResult['dumps'] => [{ me, documents, refusals: [] }];

test('a world without faults is judged good', () => {
  expect(figures(judgeWith({}))).toEqual([]);
});

test('a written document that is neither on the server nor refused is lost', () => {
  const verdict = judgeWith({
    messages: [event],
    run: { dumps: dumpOf({ tickets: [ticket], messages: [event] }) },
  });
  expect(figures(verdict)).toEqual(['lost']);
});

test('a change that has disappeared is lost, but one that the device keeps as refused is not', () => {
  const priorityPatch = { ...patched, fields: { priority: 'normal' } };
  expect(figures(judgeWith({ run: { ledger: [priorityPatch] } }))).toEqual(['lost']);
  const mine = { id: 't1', priority: 'normal', writtenAt: 21 };
  const refusal = {
    id: 't1:21',
    document: 't1',
    group: 't1',
    field: null,
    detail: null,
    base: null,
    at: 22,
    mine,
  };
  const dumps = dumpOf({ tickets: [ticket], messages: [message, event] }).map((dump) => ({
    ...dump,
    refusals: [{ ...refusal, collectionName: 'tickets' as const, code: 'not-allowed' as const }],
  }));
  const verdict = judgeWith({ run: { ledger: [priorityPatch], dumps } });
  expect([figures(verdict), verdict.refusedKept]).toEqual([[], 1]);
});

test('a message that was refused because it was sent before its ticket counts as lost', () => {
  const created: AuditLine = {
    ...closedLine,
    action: 'create',
    deviceTime: 1,
    changes: { id: [null, 't1'] },
  };
  const mine = { id: 'm7', ticket: 't1', body: 'w3.7w', writtenAt: 6 };
  const refusal = {
    id: 'm7:6',
    document: 'm7',
    group: 'm7',
    field: 'ticket',
    detail: null,
    base: null,
    at: 7,
    mine,
  };
  const dumps = dumpOf({ tickets: [ticket], messages: [message, event] }).map((dump) => ({
    ...dump,
    refusals: [{ ...refusal, collectionName: 'messages' as const, code: 'not-found' as const }],
  }));
  expect(figures(judgeWith({ truth: { audit: [created, closedLine] }, run: { dumps } }))).toEqual(['lost']);
  expect(figures(judgeWith({ run: { dumps } }))).toEqual([]); // another device created the ticket
});

test('writes deleted with the device of a disabled account are counted separately', () => {
  const unsent = { ...written, id: 'm9' };
  const wiped = [{ device: 'chaos-3', collection: 'messages' as const, id: 'm9' }];
  const verdict = judgeWith({ run: { ledger: [unsent], wiped } });
  expect([figures(verdict), verdict.wiped]).toEqual([[], 1]);
});

test('a text that appears in two documents is doubled', () => {
  const twice = { ...message, id: 'm3' };
  const messages = [message, event, twice];
  expect(figures(judgeWith({ messages, run: { dumps: dumpOf({ tickets: [ticket], messages }) } }))).toEqual([
    'doubled',
  ]);
});

test.each<[string, Partial<Truth>]>([
  [
    'a change that was applied twice',
    { audit: [closedLine, { ...closedLine, changes: { status: ['closed', 'closed'] } }] },
  ],
  ['a change of status without its event, or with two', { audit: [] }],
  ['an e-mail with two Message-IDs', { emails: [email, email] }],
  ['a period charged twice', { charges: [charge, { ...charge, from: '2026-01-15' }] }],
])('%s is doubled', (_name, truth) => {
  expect(figures(judgeWith({ truth }))).toContain('doubled');
});

test.each([
  ['missing', [event]],
  ['stale', [{ ...message, body: 'w3.3w' }, event]],
  ['too much', [message, event, { ...message, id: 'm4' }]],
])('a document that is %s on a device makes it divergent', (_name, messages) => {
  expect(figures(judgeWith({ run: { dumps: dumpOf({ tickets: [ticket], messages }) } }))).toEqual([
    'divergent',
  ]);
});

test('a gap in the ticket numbers is found', () => {
  const tickets = [ticket, { ...ticket, id: 't2', number: 1003, subject: 'w3.9w' }];
  const verdict = judgeWith({ tickets, run: { dumps: dumpOf({ tickets, messages: [message, event] }) } });
  expect(figures(verdict)).toEqual(['numberGaps']);
});

test('an e-mail that is unsent, never arrived, or is unknown is wrong', () => {
  expect(figures(judgeWith({ truth: { emails: [{ ...email, state: 'sending' }] } }))).toEqual([
    'emailsWrong',
  ]);
  expect(figures(judgeWith({ run: { mails: [] } }))).toEqual(['emailsWrong']);
  expect(figures(judgeWith({ truth: { emails: [] } }))).toEqual(['emailsWrong']);
});
