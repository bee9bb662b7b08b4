/** Mails as real mail programs and machines send them. */

/**
 * A mail and its expected result. `lands`: 'own' = Lucía's ticket, 'new' = a new ticket of hers, null = no
 * ticket.
 */
export type MailCase = {
  name: string;
  from?: string;
  /** The envelope sender, if it differs from the From header. */
  envelopeFrom?: string;
  to?: string;
  headers?: Record<string, string>;
  body: string | Buffer;
  lands: 'own' | 'new' | null;
  state: 'placed' | 'unmatched' | 'dropped' | 'known';
  why?: string;
  /** The exact text of the resulting message. */
  says?: string;
  files?: number;
  /** The number of attachments that are no files of the message. */
  otherParts?: number;
};

export const lucia = 'Lucía Navarro <lucia@test.example>';
const luciaAscii = 'lucia@test.example';
/** Placeholders for addresses that are known once the tickets exist. */
export const replyTo = {
  lucia: '{lucia}',
  ana: '{ana}',
  tom: '{tom}',
  nobody: 'reply+abcdefghijklmnopqrstuvwxyz@in.test.example',
};
export const helpdesk = 'helpdesk@arf20.com';

const quotedEmail = (mark: string) =>
  [
    'Ana answered ticket #1 Mail is slow:',
    '',
    'Which folder is it?',
    '',
    'Read and answer: https://x.example/tickets/1',
  ]
    .map((each) => `${mark}${each}`)
    .join('\n');

const plain = (text: string) => ({ 'Content-Type': 'text/plain; charset=utf-8', text });
const answer = (name: string, body: string, says: string, over: Partial<MailCase> = {}): MailCase => ({
  name,
  body,
  says,
  to: replyTo.lucia,
  lands: 'own',
  state: 'placed',
  ...over,
});

const multipart = (parts: string[], type = 'alternative') => ({
  headers: { 'Content-Type': `multipart/${type}; boundary="b1"` },
  body: `${parts.map((part) => `--b1\r\n${part}\r\n`).join('')}--b1--\r\n`,
});
const textPart = (text: string) =>
  `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`;
const htmlPart = (html: string) => `Content-Type: text/html; charset=utf-8\r\n\r\n${html}`;
const png = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082',
  'hex',
);
const filePart = (name: string, type: string, bytes: Buffer, how = 'attachment') =>
  `Content-Type: ${type}; name="${name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: ${how}; filename="${name}"\r\n\r\n${bytes.toString('base64').replace(/.{76}/g, '$&\r\n')}`;
/** Answers as mail programs write them. */
export const answers: MailCase[] = [
  answer(
    'Gmail, English',
    `It is the archive.\n\nOn Tue, Nov 24, 2026 at 9:41 AM ARFNET <no-reply@arf20.com> wrote:\n\n${quotedEmail('> ')}\n`,
    'It is the archive.',
  ),
  answer(
    'Gmail, Spanish',
    `Es la del archivo.\n\nEl mar, 24 nov 2026 a las 9:41, ARFNET (<no-reply@arf20.com>) escribió:\n\n${quotedEmail('> ')}\n`,
    'Es la del archivo.',
  ),
  answer(
    'Gmail with text and HTML',
    '',
    'It is the archive.',
    multipart([
      textPart(
        `It is the archive.\r\n\r\nOn Tue, Nov 24, 2026 at 9:41 AM ARFNET <no-reply@arf20.com> wrote:\r\n> Which folder?\r\n`,
      ),
      htmlPart(
        '<div>It is the archive.</div><div class="gmail_quote">On Tue … wrote:<blockquote>Which folder?</blockquote></div>',
      ),
    ]),
  ),
  answer(
    'Outlook, English',
    `It is the archive.\n\n________________________________\nFrom: ARFNET <no-reply@arf20.com>\nSent: Tuesday, November 24, 2026 9:41 AM\nTo: Lucia <lucia@test.example>\nSubject: Answer to ticket #1\n\n${quotedEmail('')}\n`,
    'It is the archive.',
  ),
  answer(
    'Outlook, Spanish',
    `Es la del archivo.\n\n________________________________\nDe: ARFNET <no-reply@arf20.com>\nEnviado: martes, 24 de noviembre de 2026 9:41\nPara: Lucia <lucia@test.example>\nAsunto: Respuesta al ticket #1\n\n${quotedEmail('')}\n`,
    'Es la del archivo.',
  ),
  answer(
    'Apple Mail, English',
    `It is the archive.\n\n> On 24 Nov 2026, at 09:41, ARFNET <no-reply@arf20.com> wrote:\n> \n${quotedEmail('> ')}\n`,
    'It is the archive.',
  ),
  answer(
    'Apple Mail, Spanish',
    `Es la del archivo.\n\n> El 24 nov 2026, a las 9:41, ARFNET <no-reply@arf20.com> escribió:\n> \n${quotedEmail('> ')}\n`,
    'Es la del archivo.',
  ),
  answer(
    'iPhone, English',
    `It is the archive.\n\nSent from my iPhone\n\n> On 24 Nov 2026, at 09:41, ARFNET <no-reply@arf20.com> wrote:\n> \n${quotedEmail('> ')}\n`,
    'It is the archive.',
  ),
  answer(
    'iPhone, Spanish',
    `Es la del archivo.\n\nEnviado desde mi iPhone\n\n> El 24 nov 2026, a las 9:41, ARFNET <no-reply@arf20.com> escribió:\n> \n${quotedEmail('> ')}\n`,
    'Es la del archivo.',
  ),
  answer(
    'Thunderbird, below the quote',
    `On 24/11/2026 09:41, ARFNET wrote:\n${quotedEmail('> ')}\n\nIt is the archive.\n`,
    'It is the archive.',
  ),
  answer(
    'several paragraphs',
    'First.\n\nSecond, with a list:\n\n- one\n- two\n\nThird.\n',
    'First.\n\nSecond, with a list:\n\n- one\n- two\n\nThird.',
  ),
  answer('HTML alone', '<p>It is the <b>archive</b>.</p><p>Thanks</p>', 'It is the archive.\n\nThanks', {
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
  }),
  answer('quoted-printable in Latin 1', 'La carpeta est=E1 vac=EDa.', 'La carpeta está vacía.', {
    headers: {
      'Content-Type': 'text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding': 'quoted-printable',
    },
  }),
  answer('base64 in UTF-8', Buffer.from('Ключ не подходит.').toString('base64'), 'Ключ не подходит.', {
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': 'base64' },
  }),
  answer('UTF-7', 'La carpeta est+AOE- vac+AO0-a.', 'La carpeta está vacía.', {
    headers: { 'Content-Type': 'text/plain; charset=utf-7' },
  }),
  answer('a character set that nobody knows', 'Still ASCII', 'Still ASCII', {
    headers: { 'Content-Type': 'text/plain; charset=x-none-such' },
  }),
  answer('a photo from a phone, no text', '', 'IMG_1.png', {
    ...multipart([filePart('IMG_1.png', 'image/png', png)], 'mixed'),
    files: 1,
  }),
  answer('a photo and a program: what can be a file of a ticket is kept', '', 'See both', {
    ...multipart(
      [
        textPart('See both'),
        filePart('shot.png', 'image/png', png),
        filePart('setup.exe', 'application/octet-stream', Buffer.from('4d5a9000', 'hex')),
      ],
      'mixed',
    ),
    files: 1,
    otherParts: 1,
  }),
  answer('a script that says it is a picture', '', 'Look', {
    ...multipart(
      [textPart('Look'), filePart('x.png', 'image/png', Buffer.from('%!PS\0<script>', 'latin1'))],
      'mixed',
    ),
    otherParts: 1,
  }),
  answer('20 MB in one file', '', 'Here is the log', {
    ...multipart(
      [
        textPart('Here is the log'),
        filePart('log.txt', 'text/plain', Buffer.alloc(15_000_000, 'log line\n')),
      ],
      'mixed',
    ),
    otherParts: 1,
  }),
  answer('the address in capitals, as some servers fold it', 'It is the archive.', 'It is the archive.', {
    to: '{LUCIA}',
  }),
  answer('sent to us and copied to others', 'It is the archive.', 'It is the archive.', {
    headers: { To: '{lucia}, Boss <boss@test.example>', Cc: 'colleague@test.example' },
  }),
  answer('the token in the copy, helpdesk in front', 'It is the archive.', 'It is the archive.', {
    to: helpdesk,
    headers: { To: helpdesk, Cc: '{lucia}' },
  }),
  answer('only a quotation: all of it is kept', '> Which folder is it?\n', '> Which folder is it?'),
  answer('no MIME headers at all', 'It is the archive.', 'It is the archive.', {
    headers: { 'MIME-Version': '', 'Content-Type': '' },
  }),
  answer(
    'broken MIME: a part that never ends',
    '--b1\r\nContent-Type: text/plain\r\n\r\nIt is the archive.',
    'It is the archive.',
    {
      headers: { 'Content-Type': 'multipart/mixed; boundary="b1"' },
    },
  ),
  answer('a line break in the name of the sender', 'It is the archive.', 'It is the archive.', {
    from: '=?utf-8?Q?Luc=C3=ADa=0D=0ABcc=3A_x=40y=2Eexample?= <lucia@test.example>',
  }),
  answer(
    'Markdown and HTML in the text stay text',
    '<script>alert(1)</script> **bold**',
    '<script>alert(1)</script> **bold**',
  ),
];

/** The mail of a case as bytes. `fill` replaces the placeholders by real addresses. */
export function rawOf(each: MailCase, at: number, fill: (text: string) => string): Buffer {
  const from = each.from ?? `=?utf-8?Q?Luc=C3=ADa_Navarro?= <${luciaAscii}>`;
  const headers: Record<string, string> = {
    ...(from ? { From: from } : {}),
    To: each.to ?? helpdesk,
    Subject: 'Re: Answer to ticket #1',
    'Message-ID': `<case-${at}@test.example>`,
    Date: 'Tue, 24 Nov 2026 10:00:00 +0100',
    'MIME-Version': '1.0',
    'Content-Type': plain('')['Content-Type'],
    ...each.headers,
  };
  const lines = Object.entries(headers).filter(([name, value]) => value !== '' || name === 'Subject');
  const head = lines.map(([name, value]) => `${name}: ${fill(value)}`).join('\r\n');
  const body = typeof each.body === 'string' ? Buffer.from(each.body.replace(/\r?\n/g, '\r\n')) : each.body;
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}
