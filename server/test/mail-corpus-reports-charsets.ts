import { base64, multipart, part, report, type MailReport } from './mail-report.ts';

/** A text body with a character set and a transfer encoding. */
const encoded = (charset: string, encoding: string, type = 'text/plain') => ({
  'Content-Type': `${type}; charset=${charset}`,
  'Content-Transfer-Encoding': encoding,
});

/** Letters of many languages in many encodings. */
export const charsets: MailReport[] = [
  report('quoted-printable with soft breaks inside a word and inside a letter', {
    headers: encoded('utf-8', 'quoted-printable'),
    body: `
      La direcci=C3=B3n de la tienda es calle Mayor 4, y el almac=C3=
      =A9n est=C3=A1 al fon=
      do del patio.=20
      =20
      P=C3=B3nganlo as=C3=AD.`,
    new: [
      'La dirección de la tienda es calle Mayor 4, y el almacén está al fondo del patio.',
      'Pónganlo así.',
    ],
    never: ['=20', '=C3'],
  }),
  report('ISO 8859-15 with the euro sign', {
    headers: encoded('ISO-8859-15', 'quoted-printable'),
    body: 'El total es de 40 =A4, no de 50 =A4. Gracias, se=F1or.',
    new: ['El total es de 40 €, no de 50 €.', 'Gracias, señor.'],
  }),
  report('Windows 1252 with curly quotes and the euro sign', {
    headers: encoded('windows-1252', 'quoted-printable'),
    body: 'I can=92t find the =93Pay=94 button =96 it costs 40 =80.',
    new: ['I can’t find the “Pay” button – it costs 40 €.'],
  }),
  report('Windows 1252 that calls itself ISO 8859-1', {
    headers: encoded('iso-8859-1', 'quoted-printable'),
    body: 'I can=92t pay the 40 =80 for the caf=E9.',
    new: ['I can’t pay the 40 € for the café.'],
  }),
  report('Windows 1258 in text and HTML, as some French offices send it', {
    ...multipart('alternative', [
      part('text/plain; charset=windows-1258', 'Merci, l=92adresse est exacte.', {
        'Content-Transfer-Encoding': 'quoted-printable',
      }),
      part('text/html; charset=windows-1258', '<p>Merci, l=92adresse est exacte.</p>', {
        'Content-Transfer-Encoding': 'quoted-printable',
      }),
    ]),
    new: ['Merci, l’adresse est exacte.'],
  }),
  report('UTF-8 without any charset, in 8 bits', {
    headers: { 'Content-Type': 'text/plain' },
    body: 'El niño cerró la sesión y ahora no puede entrar.',
    new: ['El niño cerró la sesión y ahora no puede entrar.'],
  }),
  report('UTF-8 with the name utf8mb4 of a database', {
    headers: encoded('"utf8mb4"', '8bit'),
    body: 'La contraseña nueva es más larga.',
    new: ['La contraseña nueva es más larga.'],
  }),
  report('UTF-16 in base64, with a mark of the byte order', {
    headers: encoded('utf-16', 'base64'),
    body: base64(Buffer.from('\uFEFFEl buzón está lleno. ¿Qué borro?', 'utf16le')),
    new: ['El buzón está lleno. ¿Qué borro?'],
  }),
  report('UTF-16LE in base64', {
    headers: encoded('utf-16le', 'base64'),
    body: base64(Buffer.from('El buzón está lleno otra vez.', 'utf16le')),
    new: ['El buzón está lleno otra vez.'],
  }),
  report('Japanese in Shift JIS', {
    headers: encoded('Shift_JIS', 'base64'),
    body: 'g3aDioOTg16BW4Kqk66Cq4LcgrmC8YFCDQqN8JP6gqmC55DUgqKDiYOTg3aCqpNfgqKCxIKigtyCt4FCDQo=',
    new: ['プリンターが動きません。', '昨日から赤いランプが点いています。'],
  }),
  report('Japanese in ISO-2022-JP, 7 bits', {
    headers: encoded('ISO-2022-JP', '7bit'),
    body: '\x1b$B@A5a=q$,FO$-$^$;$s!#\x1b(B\n\x1b$B:FAw$r$*4j$$$7$^$9!#\x1b(B',
    new: ['請求書が届きません。', '再送をお願いします。'],
  }),
  report('Japanese in ISO-2022-JP without any charset, as an old Outlook sends it', {
    headers: { 'Content-Type': 'text/plain;', 'Content-Transfer-Encoding': '7bit' },
    body: '\x1b$B@A5a=q$,FO$-$^$;$s!#\x1b(B\n\x1b$B:FAw$r$*4j$$$7$^$9!#\x1b(B',
    new: ['請求書が届きません。', '再送をお願いします。'],
  }),
  report('Chinese in GB 18030 that calls itself GB 2312', {
    headers: encoded('gb2312', 'base64'),
    body: 't6LGsbu5w7vT0MrVtb2how0Kx+vU2bei0ru0zqOs0LvQu6Gj',
    new: ['发票还没有收到。', '请再发一次，谢谢。'],
  }),
  report('Russian in KOI8-R', {
    headers: encoded('koi8-r', 'quoted-printable'),
    body: '=EB=CC=C0=DE =CE=C5 =D0=CF=C4=C8=CF=C4=C9=D4.',
    new: ['Ключ не подходит.'],
  }),
  report('Arabic and Hebrew with marks of direction', {
    body: `
      \u200Fلا يمكنني فتح الملف invoice-12.pdf اليوم.\u200F

      הקובץ \u202Ainvoice-13.pdf\u202C נפתח בלי בעיה.`,
    new: ['لا يمكنني فتح الملف', 'invoice-12.pdf', 'invoice-13.pdf', 'נפתח בלי בעיה.'],
  }),
  report('Arabic in HTML with dir=rtl and a quotation below', {
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `
      <div dir="rtl">الطابعة اليسرى.</div><br><div class="gmail_quote" dir="rtl"><div class="gmail_attr">
      في ثلاثاء، 3 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Soporte ARFNET:</div>
      <blockquote class="gmail_quote">Which of the two printers is it?</blockquote></div>`,
    new: ['الطابعة اليسرى.'],
    quoted: ['Which of the two printers is it?'],
  }),
  report('emoji of several code points, a flag and a keycap', {
    body: 'The team 👩🏽‍🔧👨‍👩‍👧 says thanks 🏴󠁧󠁢󠁳󠁣󠁴󠁿, press 3️⃣ next time ❤️',
    new: ['👩🏽‍🔧👨‍👩‍👧', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', 'press 3️⃣ next time ❤️'],
  }),
  report('spaces that do not break, thin spaces and soft hyphens', {
    body: 'Le total\u202F: 1\u00A0250\u00A0€. Le mot con\u00ADfi\u00ADgu\u00ADra\u00ADtion est coupé.',
    new: ['Le total', '250', 'est coupé.'],
  }),
  report('accents as separate code points', {
    body: 'La contrasen\u0303a de Lui\u0301s no vale.',
    new: ['no vale.'],
    never: ['?'],
  }),
  report('HTML whose meta element names another charset than the header', {
    headers: encoded('utf-8', '8bit', 'text/html'),
    body: '<head><meta charset="iso-8859-1"></head><body><p>La sesión caducó, señora.</p></body>',
    new: ['La sesión caducó, señora.'],
  }),
];
