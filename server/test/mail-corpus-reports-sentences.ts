import { report, type MailReport } from './mail-report.ts';

/** Sentences and greetings that read like the end of a mail or the start of a quotation, and more text below. */
export const sentences: MailReport[] = [
  report('a paragraph that begins with On and ends with wrote:', {
    body: `
      The parcel is missing again.

      On Monday afternoon the driver of the van wrote:

      nobody at the door, taken back to the depot.

      That is not true, three of us were here.`,
    new: [
      'The parcel is missing again.',
      'On Monday afternoon the driver of the van wrote:',
      'nobody at the door, taken back to the depot.',
      'That is not true, three of us were here.',
    ],
  }),
  report('a first line that begins with On, and a real quotation below', {
    body: `
      On the old server you can still open the page:

          curl http://192.0.2.10/status

      On the new one you cannot.

      On Tue, 3 Nov 2026 at 10:00, Soporte ARFNET <soporte@arfnet.example> wrote:

      > Which server gives the error?`,
    new: [
      'On the old server you can still open the page:',
      'curl http://192.0.2.10/status',
      'On the new one you cannot.',
    ],
    quoted: ['Which server gives the error?'],
  }),
  report('a Spanish paragraph that begins with El and ends with escribió:', {
    body: `
      Sigue sin funcionar.

      El técnico que vino ayer por la tarde escribió:

      cable cambiado, sin señal en la toma B.

      ¿Cuándo puede volver?`,
    new: [
      'Sigue sin funcionar.',
      'El técnico que vino ayer por la tarde escribió:',
      'cable cambiado, sin señal en la toma B.',
      '¿Cuándo puede volver?',
    ],
  }),
  report('a sentence that begins with Sent from', {
    body: `
      I made the test that you asked for.

      Sent from the old computer, the message arrives.
      From the new one it stays in the outbox.

      So it must be the new computer.`,
    new: [
      'I made the test that you asked for.',
      'Sent from the old computer, the message arrives.',
      'From the new one it stays in the outbox.',
      'So it must be the new computer.',
    ],
  }),
  report('a Spanish sentence that begins with Enviado desde', {
    body: `
      He hecho dos pruebas:

      Enviado desde la cuenta nueva llega a todos.
      Enviado desde la antigua no llega a nadie.

      ¿Borro la antigua?`,
    new: [
      'He hecho dos pruebas:',
      'Enviado desde la cuenta nueva llega a todos.',
      'Enviado desde la antigua no llega a nadie.',
      '¿Borro la antigua?',
    ],
  }),
  report('a German sentence that begins with Von and ends with gesendet', {
    body: `
      Noch ein Hinweis:

      Von diesem Drucker wird nichts mehr an den Server gesendet
      und die Warteschlange bleibt leer.

      Können Sie das prüfen?`,
    new: [
      'Noch ein Hinweis:',
      'Von diesem Drucker wird nichts mehr an den Server gesendet',
      'und die Warteschlange bleibt leer.',
      'Können Sie das prüfen?',
    ],
  }),
  report('Cheers on a line of its own above the text', {
    body: `
      Hello Marc,

      Cheers!

      The map is back on the page.
      Only the satellite view is missing.`,
    new: ['The map is back on the page.', 'Only the satellite view is missing.'],
  }),
  report('Bonne journée in the middle, and a question below it', {
    body: `
      La facture est bien arrivée.

      Bonne journée

      Encore une chose : le numéro de TVA est faux.`,
    new: ['La facture est bien arrivée.', 'Encore une chose : le numéro de TVA est faux.'],
  }),
  report('a postscript below Kind regards and the name', {
    body: `
      The new password works.

      Kind regards,

      Ana Pons
      Pons Ceramics

      P.S. Biel cannot log in either, please reset his too.`,
    new: ['The new password works.', 'P.S. Biel cannot log in either, please reset his too.'],
  }),
  report('a postscript below a signature with the separator of RFC 3676', {
    body: `
      Yes, please restart it tonight.

      --\x20
      Ana Pons
      Tel. 000 123 456

      PS: not before ten, the shop is open until then.`,
    new: ['Yes, please restart it tonight.', 'PS: not before ten, the shop is open until then.'],
  }),
  report('a French postscript below Cordialement', {
    body: `
      Tout fonctionne de nouveau.

      Cordialement,
      Ana

      P.-S. : le site en anglais affiche encore l'ancien prix.`,
    new: ['Tout fonctionne de nouveau.', "P.-S. : le site en anglais affiche encore l'ancien prix."],
  }),
  report('Regards between two questions in one mail', {
    body: `
      Can you enlarge my mailbox?

      Regards,
      Ana

      Second question, for accounting: the October invoice has the wrong address.
      It must say Carrer Nou 4.`,
    new: [
      'Can you enlarge my mailbox?',
      'Second question, for accounting: the October invoice has the wrong address.',
      'It must say Carrer Nou 4.',
    ],
  }),
  report('the line of a telephone above the text', {
    body: `
      Sent from my iPhone

      I typed below the line that the phone adds. The router is in room 3.

      > On 3 Nov 2026, at 10:00, Soporte ARFNET <soporte@arfnet.example> wrote:
      >
      > In which room is the router?`,
    new: ['I typed below the line that the phone adds. The router is in room 3.'],
    quoted: ['In which room is the router?'],
  }),
  report('the line of a telephone between two parts of the text', {
    body: `
      The router is in room 3.

      Get Outlook for Android

      Sorry, I forgot: the key is with the porter.`,
    new: ['The router is in room 3.', 'Sorry, I forgot: the key is with the porter.'],
  }),
  report('a list with a dash glued to each word, and a double dash inside a sentence', {
    body: `
      Three things are missing:

      -the logo
      -the opening hours--they changed in October
      -the map-

      The rest is perfect.`,
    new: ['-the logo', '-the opening hours--they changed in October', '-the map-', 'The rest is perfect.'],
  }),
  report('a fenced script with rows of # and =', {
    body: `
      \`\`\`
      # backup of the shop
      ####################
      tar cf shop.tar /srv/shop
      ==
      echo done
      \`\`\`

      The line with == was there before, may I delete it?`,
    new: [
      '# backup of the shop',
      'tar cf shop.tar /srv/shop',
      'echo done',
      'The line with == was there before, may I delete it?',
    ],
  }),
  report('a log with rows of signs and a stack trace', {
    body: `
      ==========================================
      03:12:07 ERROR worker 4 stopped
          at Queue.take (queue.js:81)
          at Worker.run (worker.js:22)
      ++++
      03:12:09 INFO worker 5 started
      ++++
      ==========================================
      It happens every night at the same time.`,
    new: [
      '03:12:07 ERROR worker 4 stopped',
      'at Worker.run (worker.js:22)',
      '03:12:09 INFO worker 5 started',
      'It happens every night at the same time.',
    ],
  }),
  report('text signed inline with PGP, with escaped dashes', {
    body: `
      -----BEGIN PGP SIGNED MESSAGE-----
      Hash: SHA256

      I confirm the transfer of the domain.

      - ----

      The code is 5-KESTREL.
      -----BEGIN PGP SIGNATURE-----

      aW52ZW50ZWQgc2lnbmF0dXJlCg==
      -----END PGP SIGNATURE-----`,
    new: ['I confirm the transfer of the domain.', 'The code is 5-KESTREL.'],
  }),
  report('15 000 empty lines, which make some expressions slow', {
    body: `Top of the page.${'\n'.repeat(15_000)}Foot of the page.`,
    new: ['Top of the page.', 'Foot of the page.'],
  }),
  report('a list whose lines begin with Op and contain schreef, which make some expressions slow', {
    body: `${'Op dag\nschreef hij\n'.repeat(800)}Dat is het hele logboek.`,
    new: ['schreef hij', 'Dat is het hele logboek.'],
  }),
];
