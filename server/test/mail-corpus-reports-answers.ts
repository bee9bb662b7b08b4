import { report, type MailReport } from './mail-report.ts';

const from = 'Soporte ARFNET <soporte@arfnet.example>';

/** Where the answer stands: above, below and between quoted lines, and forwarded mails. */
export const placedAnswers: MailReport[] = [
  report('answers between the quoted lines', {
    body: `
      Hello Marc, see below.

      On 03/11/2026 10:00, Soporte ARFNET wrote:
      > Which browser is it?

      Firefox, the newest one.

      > And since when does it fail?

      Since the first of the month.

      > Thank you, Marc

      Best wishes from Girona, Ana`,
    new: [
      'Hello Marc, see below.',
      'Firefox, the newest one.',
      'Since the first of the month.',
      'Best wishes from Girona, Ana',
    ],
  }),
  report('answers glued to the quoted lines without an empty line', {
    body: `
      > Which browser is it?
      Firefox.
      > And since when does it fail?
      Since October.
      > Does it fail for your colleagues?
      No, only for me.`,
    new: ['Firefox.', 'Since October.', 'No, only for me.'],
  }),
  report('answers between quoted lines of two levels, with the header in the middle', {
    body: `
      On 3 Nov 2026, at 10:00, ${from} wrote:

      >> The counter shows zero.
      > Do you mean the counter of visits?

      Yes, that one.

      >> It is zero on my phone too.
      > Please send its address.

      https://example.org/stats?day=3

      --\x20
      Ana`,
    new: ['Yes, that one.', 'https://example.org/stats?day=3'],
  }),
  report('an answer below the quotation, in German, with a signature', {
    body: `
      Am 03.11.2026 um 10:00 schrieb Soporte ARFNET:
      > Welche Version ist installiert?
      > Viele Grüße, Marc

      Es ist die Version 8.2.

      Mit freundlichen Grüßen
      Ana Pons`,
    new: ['Es ist die Version 8.2.'],
    quoted: ['Welche Version ist installiert?'],
  }),
  report('an answer above and another one below the quotation', {
    body: `
      Done, see the end.

      El 3/11/26 a las 10:00, Soporte ARFNET escribió:
      > Reinicia el equipo y dime el número de serie.

      El número es SN-40077.`,
    new: ['Done, see the end.', 'El número es SN-40077.'],
    quoted: ['Reinicia el equipo y dime el número de serie.'],
  }),
  report('an answer below the line that asks to write above it', {
    body: `
      On 2026-11-03 10:00, Soporte ARFNET wrote:
      > ##- Please type your reply above this line -##
      > The parcel left today.

      It has arrived already, many thanks.`,
    new: ['It has arrived already, many thanks.'],
    quoted: ['The parcel left today.'],
  }),
  report('an answer that the webmail marked as a quotation: nothing else is there', {
    body: `
      On 2026-11-03 10:00, Soporte ARFNET wrote:
      > Here is the number that you asked for: 77-21-04.
      > Ana
      >
      > -- Please type your reply above this line --
      > Which number is on the box?`,
    new: ['Here is the number that you asked for: 77-21-04.'],
  }),
  report('answers typed into the text of the earlier mail, which Outlook does not mark', {
    body: `
      My answers are in capitals in your text.

      -----Original Message-----
      From: Soporte ARFNET [mailto:soporte@arfnet.example]
      Sent: Tuesday, November 3, 2026 10:00 AM
      To: Ana Pons
      Subject: Answer to ticket #7

      Which plan do you want?
      THE SMALL ONE
      From which day?
      FIRST OF DECEMBER`,
    new: ['My answers are in capitals in your text.', 'THE SMALL ONE', 'FIRST OF DECEMBER'],
  }),
  report('answers marked with a name inside the quotation', {
    body: `
      I wrote behind your questions.

      On 03/11/2026 10:00, Soporte ARFNET wrote:
      > Is the cable plugged in?  [Ana] yes, both ends
      > Is the light green?  [Ana] no, orange`,
    new: ['I wrote behind your questions.', '[Ana] yes, both ends', '[Ana] no, orange'],
  }),
  report('a quotation without any answer', {
    body: `
      > Which folder is it?
      > The blue one or the red one?`,
    new: ['Which folder is it?', 'The blue one or the red one?'],
  }),
  report('an empty answer above a quotation', {
    body: `


      On Tue, 3 Nov 2026 at 10:00, ${from} wrote:

      > May we close the ticket?`,
    new: [],
  }),
  report('an answer of one emoji', {
    body: `
      👍

      On Tue, 3 Nov 2026 at 10:00, ${from} wrote:

      > Shall I switch it off tonight?`,
    new: ['👍'],
    quoted: ['Shall I switch it off tonight?'],
  }),
  report('the answer, a signature, and the quotation', {
    body: `
      The second one, please.
      --\x20
      Ana Pons
      Pons Ceramics

      On Tue, 3 Nov 2026 at 10:00, ${from} wrote:

      > Do you want the first or the other offer?`,
    new: ['The second one, please.'],
    quoted: ['Do you want the first or the other offer?'],
  }),
  report('an answer below a quotation of 24 000 characters', {
    body: `
      On 03/11/2026 10:00, Soporte ARFNET wrote:
      ${'> The same line of a long history.\n      '.repeat(700)}
      The answer to all of it is yes.`,
    new: ['The answer to all of it is yes.'],
  }),
  report('a mail forwarded to the ticket by Gmail', {
    headers: { Subject: 'Fwd: Renewal of pons-ceramics.example' },
    body: `
      The registrar wrote this. Must I do anything?

      ---------- Forwarded message ---------
      From: Registrar <info@registrar.example.com>
      Date: Mon, 2 Nov 2026 at 08:15
      Subject: Renewal of pons-ceramics.example
      To: <ana@example.org>

      The domain ends on 30 November. Transfer code: RX-5590.`,
    new: [
      'The registrar wrote this. Must I do anything?',
      'Registrar <info@registrar.example.com>',
      'The domain ends on 30 November. Transfer code: RX-5590.',
    ],
  }),
  report('a mail forwarded by Gmail without a word above it, in Spanish', {
    headers: { Subject: 'Fwd: Aviso de la pasarela' },
    body: `
      ---------- Forwarded message ---------
      De: Pasarela de pagos <avisos@pagos.example.com>
      Date: lun, 2 nov 2026 a las 8:15
      Subject: Aviso de la pasarela
      To: Ana Pons <ana@example.org>


      La clave antigua deja de valer el 15 de noviembre.`,
    new: ['Pasarela de pagos', 'La clave antigua deja de valer el 15 de noviembre.'],
  }),
  report('a mail forwarded by Outlook', {
    headers: { Subject: 'FW: Your delivery' },
    body: `
      FYI, is this real?

      Ana

      ________________________________
      From: Parcel desk <desk@parcels.example.net>
      Sent: Monday, November 2, 2026 8:15 AM
      To: Ana Pons <ana@example.org>
      Subject: Your delivery

      Pay 1.99 to receive parcel 300412.`,
    new: ['FYI, is this real?', 'desk@parcels.example.net', 'Pay 1.99 to receive parcel 300412.'],
  }),
  report('a mail forwarded by Apple Mail, every line with >', {
    headers: { Subject: 'Fwd: Meter reading' },
    body: `
      Is this number ours?

      > Begin forwarded message:
      >
      > From: Energy office <office@energy.example.net>
      > Subject: Meter reading
      > Date: 2 November 2026 at 08:15:00 CET
      > To: ana@example.org
      >
      > Send us the reading of meter 90-118.`,
    new: ['Is this number ours?', 'office@energy.example.net', 'Send us the reading of meter 90-118.'],
  }),
  report('a mail forwarded by Thunderbird in Spanish', {
    headers: { Subject: 'Fwd: Presupuesto' },
    body: `
      Mirad el precio, por favor.

      -------- Mensaje reenviado --------
      Asunto: Presupuesto
      Fecha: Mon, 2 Nov 2026 08:15:00 +0100
      De: Imprenta <hola@imprenta.example.com>
      Para: ana@example.org

      El total es de 412 euros.`,
    new: ['Mirad el precio, por favor.', 'hola@imprenta.example.com', 'El total es de 412 euros.'],
  }),
];
