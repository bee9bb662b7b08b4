import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fuzz, mostMs } from '../../test/fuzz.ts';
import { reports } from '../../test/mail-corpus-reports.ts';
import { messageOf } from './mail-message.ts';
import { openMailReader, type MailReader } from './read-mail.ts';

let reader: MailReader;
beforeAll(() => {
  reader = openMailReader();
});
afterAll(() => reader.close());

const { parameters, timeout } = fuzz(300);
const envelope = { from: 'a@mail.example', to: ['b@mail.example'] };

/** E-mails of the corpus whose pieces are repeated, removed, exchanged or replaced by any bytes. */
const damaged = fc
  .tuple(
    fc.constantFrom(...reports.map(({ raw }) => raw)),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(200),
        insert: fc.oneof(
          fc.string({ maxLength: 50 }),
          fc.string({ unit: 'binary', maxLength: 50 }),
          fc.constantFrom(
            '\r\n',
            '\r\n\r\n',
            '> ',
            '--',
            '=_mixed',
            '<table>',
            '<blockquote>',
            '\0',
            '=?utf-8?B?',
          ),
        ),
        times: fc.oneof(fc.constant(1), fc.nat(2_000)),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([raw, changes]) =>
    changes.reduce((text, { at, remove, insert, times }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + insert.repeat(times) + text.slice(from + remove);
    }, raw),
  );

test('any e-mail is read, or given up, and its message is made without a stall', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (raw) => {
      const mail = await reader.read(Buffer.from(raw), envelope);
      const start = performance.now();
      const { body } = await messageOf(mail, { ours: ['soporte@arfnet.example'], isVerified: false });
      expect(performance.now() - start).toBeLessThan(mostMs);
      expect(body.trim()).not.toBe('');
      expect(body.length).toBeLessThanOrEqual(20_000);
      expect(mail.key).toMatch(/^[0-9a-f]{64}$/);
    }),
    parameters,
  );
});
