import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageOf } from './mail-message.ts';
import { openMailReader, type MailReader } from './read-mail.ts';

/* E-mails that somebody wrote to stop a server. Each is read, or given up in time, and the next one is read. */

let reader: MailReader;
beforeAll(() => {
  reader = openMailReader();
});
afterAll(() => reader.close());

const head = (type: string) =>
  [
    'From: a@mail.example',
    'To: b@mail.example',
    'Subject: x',
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    '',
    '',
  ].join('\r\n');
const plain = (text: string) => head('text/plain') + text;
const html = (text: string) => head('text/html') + text;
const multipart = (parts: string[]) =>
  head('multipart/mixed; boundary="b"') + parts.map((part) => `--b\r\n${part}\r\n`).join('') + '--b--\r\n';

const cases: [name: string, raw: string][] = [
  ['19 KB of "a on at"', plain('a on at '.repeat(2_400))],
  ['20,000 empty lines', plain(`${'\n'.repeat(20_000)}x`)],
  ['a list of lines that begin with On and contain wrote', plain('On wrote\n'.repeat(3_000))],
  ['200,000 lines that end with a colon', plain('On 1.1.2026 10:00 a@b:\n'.repeat(200_000))],
  ['a line of 5 MB', plain('>'.repeat(5_000_000))],
  [
    '1,000 attachments',
    multipart(
      Array.from({ length: 1_000 }, (_, i) =>
        [`Content-Type: text/plain; name="${i}.txt"`, 'Content-Disposition: attachment', '', 'x'].join(
          '\r\n',
        ),
      ),
    ),
  ],
  ['20,000 parts', multipart(Array.from({ length: 20_000 }, () => 'Content-Type: text/plain\r\n\r\nx'))],
  ['5,000 tables inside each other', html('<table><tr><td>'.repeat(5_000))],
  ['20,000 quotations inside each other', html('<blockquote>'.repeat(20_000))],
  ['a header of 1.2 MB', `X-Long: ${'a'.repeat(1_200_000)}\r\n${plain('x')}`],
  ['100,000 recipients', `To: ${'a@mail.example, '.repeat(100_000)}\r\n${plain('x')}`],
  [
    'MIME inside MIME, 1,000 deep',
    `${'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'.repeat(1_000)}\r\nx`,
  ],
  ['20 MB of HTML', html('<p>word <b>word</b></p>'.repeat(900_000))],
];

test.each(cases)('ASVS 5.2.3 %s is read, or given up in time', { timeout: 20_000 }, async (_name, raw) => {
  const bytes = Buffer.from(raw);
  const mail = await reader.read(bytes, { from: 'a@mail.example', to: [] });
  expect(mail.sender).toBe('a@mail.example');
  const start = performance.now();
  await messageOf({ ...mail, attachments: [] }, { ours: ['b@mail.example'], isVerified: false });
  expect(performance.now() - start).toBeLessThan(2_000);
  const next = await reader.read(Buffer.from(plain('The next one')), { from: 'a@mail.example', to: [] });
  expect(next).toMatchObject({ isReadable: true, text: 'The next one' });
});
