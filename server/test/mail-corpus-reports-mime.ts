import {
  base64,
  dedent,
  filePart,
  htmlPart,
  multipart,
  nested,
  part,
  plainPart,
  png,
  report,
} from './mail-report.ts';
import type { MailReport } from './mail-report.ts';

const pdf = Buffer.from('%PDF-1.4\n%%EOF\n');
const tnef = Buffer.from('789f3e22010000', 'hex');
const calendar = `
  BEGIN:VCALENDAR
  VERSION:2.0
  METHOD:REQUEST
  BEGIN:VEVENT
  UID:7@example.org
  DTSTART:20261110T090000Z
  DTEND:20261110T093000Z
  SUMMARY:Visit to the server room
  ORGANIZER:mailto:ana@example.org
  END:VEVENT
  END:VCALENDAR`;

/** How the parts of a mail are put together, and what is attached to it. */
export const mimeParts: MailReport[] = [
  report('text and HTML, and the text is blank', {
    ...multipart('alternative', [plainPart('\n \n'), htmlPart('<p>The key is with the porter.</p>')]),
    new: ['The key is with the porter.'],
  }),
  report('multipart/alternative with HTML and no text', {
    ...multipart('alternative', [htmlPart('<p>The key is with the porter.</p><p>Ask for Joana.</p>')]),
    new: ['The key is with the porter.', 'Ask for Joana.'],
  }),
  report('multipart/alternative with HTML and its picture, and no text', {
    ...multipart('alternative', [
      nested('related', [
        htmlPart('<p>The lamp looks like this:</p><img src="cid:lamp@example.org"><p>It blinks twice.</p>'),
        filePart('lamp.png', 'image/png', png, {
          'Content-Disposition': 'inline',
          'Content-ID': '<lamp@example.org>',
        }),
      ]),
    ]),
    new: ['The lamp looks like this:', 'It blinks twice.'],
    files: 1,
  }),
  report('multipart/alternative with HTML alone, and the text footer of a list next to it', {
    ...multipart('mixed', [
      nested('alternative', [htmlPart('<p>The oven is free on Friday.</p>')]),
      plainPart('_____\nList of the ceramists'),
    ]),
    new: ['The oven is free on Friday.'],
  }),
  report('a text part that only says that there is HTML', {
    ...multipart('alternative', [
      plainPart('Your mail program cannot show this message.'),
      htmlPart('<p>The oven in hall 2 is free on Friday.</p>'),
    ]),
    new: ['The oven in hall 2 is free on Friday.'],
  }),
  report('HTML with a picture between two paragraphs, and no text', {
    ...multipart('related', [
      htmlPart('<p>Before the storm:</p><img src="cid:roof@example.org"><p>Now the aerial is gone.</p>'),
      filePart('roof.png', 'image/png', png, {
        'Content-Disposition': 'inline',
        'Content-ID': '<roof@example.org>',
      }),
    ]),
    new: ['Before the storm:', 'Now the aerial is gone.'],
    files: 1,
  }),
  report('HTML and an attached document, and no text', {
    ...multipart('mixed', [
      htmlPart('<div>The signed form is attached. Use the second page.</div>'),
      filePart('form.pdf', 'application/pdf', pdf),
    ]),
    new: ['The signed form is attached.', 'Use the second page.'],
    files: 1,
  }),
  report('Apple Mail: text, a photo, and more text', {
    ...multipart('mixed', [
      plainPart('This is the front:'),
      filePart('front.png', 'image/png', png, { 'Content-Disposition': 'inline; filename=front.png' }),
      plainPart('and the back has no label.'),
    ]),
    new: ['This is the front:', 'and the back has no label.'],
    files: 1,
  }),
  report('Apple Mail: HTML, a document, and more HTML', {
    ...multipart('mixed', [
      htmlPart('<div>Here is the contract:</div>'),
      filePart('contract.pdf', 'application/pdf', pdf, {
        'Content-Disposition': 'inline; filename=contract.pdf',
      }),
      htmlPart('<div>Page two needs your stamp.</div>'),
    ]),
    new: ['Here is the contract:', 'Page two needs your stamp.'],
    files: 1,
  }),
  report('a text part and an HTML signature next to it', {
    ...multipart('mixed', [
      plainPart('The second phone is broken too.'),
      htmlPart('<p><b>Pons Ceramics</b><br>Carrer Nou 4</p>'),
    ]),
    new: ['The second phone is broken too.'],
  }),
  report('an HTML part and the text footer of a mailing list next to it', {
    ...multipart('mixed', [
      nested('alternative', [
        plainPart('The shop is closed today.'),
        htmlPart('<p>The shop is closed today.</p>'),
      ]),
      plainPart('_____\nList of the ceramists'),
    ]),
    new: ['The shop is closed today.'],
  }),
  report('a text file as an attachment', {
    ...multipart('mixed', [
      plainPart('The log is attached.'),
      filePart('worker.log', 'text/plain; charset=utf-8', Buffer.from('worker 4 stopped\n')),
    ]),
    new: ['The log is attached.'],
    files: 1,
  }),
  report('a picture inside the HTML and no word', {
    ...multipart('related', [
      htmlPart('<div><img src="cid:screen@example.org"></div>'),
      filePart('screen.png', 'image/png', png, {
        'Content-Disposition': 'inline',
        'Content-ID': '<screen@example.org>',
      }),
    ]),
    new: [],
    files: 1,
  }),
  report('an earlier mail as an attachment', {
    ...multipart('mixed', [
      plainPart('The complaint is attached.'),
      part(
        'message/rfc822; name="complaint.eml"',
        'From: Ferran <ferran@shop.example.net>\nTo: ana@example.org\nSubject: Order 5512\n\nWhere is my vase?',
        { 'Content-Disposition': 'attachment; filename="complaint.eml"' },
      ),
    ]),
    new: ['The complaint is attached.'],
    files: 1,
  }),
  report('an earlier mail attached without a disposition, and nothing written', {
    ...multipart('mixed', [
      part(
        'message/rfc822',
        'From: Ferran <ferran@shop.example.net>\nSubject: Order 5512\n\nWhere is my vase?',
      ),
    ]),
    new: [],
    files: 1,
  }),
  report('winmail.dat next to a text', {
    ...multipart('mixed', [
      plainPart('The form is attached.'),
      filePart('winmail.dat', 'application/ms-tnef', tnef),
    ]),
    new: ['The form is attached.'],
    files: 1,
  }),
  report('winmail.dat alone', {
    ...multipart('mixed', [filePart('winmail.dat', 'application/ms-tnef', tnef)]),
    new: [],
    files: 1,
  }),
  report('a calendar invitation with a text', {
    ...multipart('alternative', [
      plainPart('Is Tuesday at ten good for the visit?'),
      part('text/calendar; charset=utf-8; method=REQUEST', calendar),
    ]),
    new: ['Is Tuesday at ten good for the visit?'],
    never: ['BEGIN:VEVENT'],
    files: 1,
  }),
  report('a calendar invitation alone', {
    headers: {
      Subject: 'Visit to the server room',
      'Content-Type': 'text/calendar; charset=utf-8; method=REQUEST',
    },
    body: calendar,
    new: [],
    files: 1,
  }),
  report('a mail with an S/MIME signature', {
    ...multipart(
      'signed',
      [plainPart('I agree with the offer.'), filePart('smime.p7s', 'application/pkcs7-signature', tnef)],
      'protocol="application/pkcs7-signature"; micalg=sha-256; ',
    ),
    new: ['I agree with the offer.'],
    files: 1,
  }),
  report('a photo with an empty answer above the quotation', {
    ...multipart('mixed', [
      plainPart('\n\nOn Tue, 3 Nov 2026 at 10:00, Soporte ARFNET wrote:\n\n> Please send a photo.'),
      filePart('photo.png', 'image/png', png),
    ]),
    new: [],
    files: 1,
  }),
  report('no body at all', { headers: { Subject: 'Please call me at 11' }, body: '', new: [] }),
  report('no Message-ID, no date and no version of MIME', {
    headers: {
      'Message-ID': '',
      Date: '',
      'MIME-Version': '',
      'Content-Type': '',
      'Content-Transfer-Encoding': '',
    },
    body: 'The scale in the kitchen sends this mail.',
    new: ['The scale in the kitchen sends this mail.'],
  }),
  report('format=flowed with stuffed lines', {
    headers: { 'Content-Type': 'text/plain; charset=utf-8; format=flowed' },
    body: dedent(`
      This sentence is so long that the mail program\x20
      broke it into two lines.
       > 500 visits a day is what we need,
       From Monday on.`),
    new: [
      'This sentence is so long that the mail program broke it into two lines.',
      '500 visits a day is what we need,',
      'From Monday on.',
    ],
  }),
  report('format=flowed with DelSp=yes, which removes the space at the break', {
    headers: { 'Content-Type': 'text/plain; charset=utf-8; format=flowed; delsp=yes' },
    body: 'プリンターが昨日から \n動きません。',
    new: ['プリンターが昨日から動きません。'],
  }),
  report('one line of 12 000 characters', {
    body: `Start of the line. ${'The same words again. '.repeat(545)}End of the line: code 4471.`,
    new: ['Start of the line.', 'End of the line: code 4471.'],
  }),
  report('an HTML mail in one line of 12 000 characters, in base64', {
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Transfer-Encoding': 'base64' },
    body: base64(Buffer.from(`<p>${'The same words again. '.repeat(545)}</p><p>Last line: code 4472.</p>`)),
    new: ['The same words again.', 'Last line: code 4472.'],
  }),
];
