import { report, type MailReport } from './mail-report.ts';

const from = 'Soporte ARFNET <soporte@arfnet.example>';
const longAddress = 'reply+q7w2kd83hfy5s0al4m@in.arfnet.example';

/** Quotations with the headers of many mail programs and languages. All have an answer above. */
export const clients: MailReport[] = [
  report('Gmail, English, the header on two lines', {
    body: `
      The left one.

      On Tue, Nov 3, 2026 at 10:00 AM Soporte ARFNET <
      ${longAddress}> wrote:

      > Which of the two printers is it?`,
    new: ['The left one.'],
    quoted: [longAddress, 'Which of the two printers is it?'],
  }),
  report('Gmail, Spanish, the header on two lines', {
    body: `
      La de la izquierda.

      El mar, 3 nov 2026 a las 10:00, Soporte ARFNET (<
      ${longAddress}>) escribió:

      > ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: [longAddress, '¿Cuál de las dos impresoras es?'],
  }),
  report('Gmail, German, the header on two lines', {
    body: `
      Der linke.

      Am Di., 3. Nov. 2026 um 10:00 Uhr schrieb Soporte ARFNET <
      ${longAddress}>:

      > Welcher der beiden Drucker ist es?`,
    new: ['Der linke.'],
    quoted: [longAddress, 'Welcher der beiden Drucker ist es?'],
  }),
  report('Gmail, French', {
    body: `
      Celle de gauche.

      Le mar. 3 nov. 2026 à 10:00, ${from} a écrit :

      > Laquelle des deux imprimantes ?`,
    new: ['Celle de gauche.'],
    quoted: ['a écrit', 'Laquelle des deux imprimantes ?'],
  }),
  report('Gmail, Portuguese', {
    body: `
      A da esquerda.

      Em ter., 3 de nov. de 2026 às 10:00, Soporte ARFNET <
      soporte@arfnet.example> escreveu:

      > Qual das duas impressoras é?`,
    new: ['A da esquerda.'],
    quoted: ['escreveu', 'Qual das duas impressoras é?'],
  }),
  report('Gmail, Italian', {
    body: `
      Quella a sinistra.

      Il giorno mar 3 nov 2026 alle ore 10:00 ${from}
      ha scritto:

      > Quale delle due stampanti?`,
    new: ['Quella a sinistra.'],
    quoted: ['ha scritto', 'Quale delle due stampanti?'],
  }),
  report('Gmail, Dutch', {
    body: `
      De linker.

      Op di 3 nov 2026 om 10:00 schreef ${from}:

      > Welke van de twee printers is het?`,
    new: ['De linker.'],
    quoted: ['schreef', 'Welke van de twee printers is het?'],
  }),
  report('Gmail, Russian', {
    body: `
      Левый.

      вт, 3 нояб. 2026 г. в 10:00, ${from}:

      > Какой из двух принтеров?`,
    new: ['Левый.'],
    quoted: ['нояб. 2026', 'Какой из двух принтеров?'],
  }),
  report('Gmail, Japanese', {
    body: `
      左のほうです。

      2026年11月3日(火) 10:00 ${from}:

      > どちらのプリンターですか。`,
    new: ['左のほうです。'],
    quoted: ['2026年11月3日', 'どちらのプリンターですか。'],
  }),
  report('an old Gmail, with the date in front and GMT', {
    body: `
      La de la izquierda.

      2026-11-03 10:00 GMT+01:00 Soporte ARFNET <
      ${longAddress}>:

      > ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: [longAddress, '¿Cuál de las dos impresoras es?'],
  }),
  report('Outlook, Spanish, without a line above and without angle brackets', {
    body: `
      La de la izquierda.

      De: Soporte ARFNET
      Enviado: martes, 3 de noviembre de 2026 10:00
      Para: Ana Pons
      Asunto: Respuesta al ticket n.º 7

      ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: ['Enviado: martes', '¿Cuál de las dos impresoras es?'],
  }),
  report('Outlook, Spanish, with -----Mensaje original-----', {
    body: `
      La de la izquierda.

      -----Mensaje original-----
      De: Soporte ARFNET [mailto:soporte@arfnet.example]
      Enviado el: martes, 3 de noviembre de 2026 10:00
      Para: Ana Pons
      CC: Biel
      Asunto: Respuesta al ticket n.º 7

      ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: ['Mensaje original', '¿Cuál de las dos impresoras es?'],
  }),
  report('Outlook, English, with asterisks for bold', {
    body: `
      The left one.

      *From:* Soporte ARFNET <soporte@arfnet.example>
      *Sent:* Tuesday, November 3, 2026 10:00 AM
      *To:* Ana Pons <ana@example.org>
      *Subject:* Answer to ticket #7

      Which of the two printers is it?`,
    new: ['The left one.'],
    quoted: ['*Sent:*', 'Which of the two printers is it?'],
  }),
  report('Outlook, German', {
    body: `
      Der linke.

      Von: Soporte ARFNET <soporte@arfnet.example>
      Gesendet: Dienstag, 3. November 2026 10:00
      An: Ana Pons <ana@example.org>
      Betreff: Antwort auf Ticket 7

      Welcher der beiden Drucker ist es?`,
    new: ['Der linke.'],
    quoted: ['Gesendet: Dienstag', 'Welcher der beiden Drucker ist es?'],
  }),
  report('Outlook, French, with a space in front of every colon', {
    body: `
      Celle de gauche.

      De : Soporte ARFNET <soporte@arfnet.example>
      Envoyé : mardi 3 novembre 2026 10:00
      À : Ana Pons <ana@example.org>
      Objet : Réponse au ticket 7

      Laquelle des deux imprimantes ?`,
    new: ['Celle de gauche.'],
    quoted: ['Envoyé : mardi', 'Laquelle des deux imprimantes ?'],
  }),
  report('Outlook, Danish', {
    body: `
      Den til venstre.

      Fra: Soporte ARFNET <soporte@arfnet.example>
      Sendt: 3. november 2026 10:00
      Til: Ana Pons <ana@example.org>
      Emne: Svar på sag 7

      Hvilken af de to printere er det?`,
    new: ['Den til venstre.'],
    quoted: ['Sendt: 3. november', 'Hvilken af de to printere er det?'],
  }),
  report('GMX, German, the sender on the second line of the header', {
    body: `
      Der linke.

      Gesendet: Dienstag, 03. November 2026 um 10:00 Uhr
      Von: "Soporte ARFNET" <soporte@arfnet.example>
      An: ana@example.org
      Betreff: Antwort auf Ticket 7

      Welcher der beiden Drucker ist es?`,
    new: ['Der linke.'],
    quoted: ['Gesendet: Dienstag', 'Welcher der beiden Drucker ist es?'],
  }),
  report('Yahoo, Spanish, a quotation without any >', {
    body: `
       La de la izquierda.
          En martes, 3 de noviembre de 2026, 10:00:00 CET, Soporte ARFNET <soporte@arfnet.example> escribió:

       ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: ['10:00:00 CET', '¿Cuál de las dos impresoras es?'],
  }),
  report('Lotus Notes, with its line of three dashes inside the header', {
    body: `
      The left one.

      Soporte ARFNET ---03/11/2026 10:00:12---Which of the two printers is it?

      From:   Soporte ARFNET <soporte@arfnet.example>
      To:     Ana Pons/Office/Example
      Date:   03/11/2026 10:00
      Subject:        Answer to ticket #7

      Which of the two printers is it?`,
    new: ['The left one.'],
    quoted: ['Ana Pons/Office/Example', 'Which of the two printers is it?'],
  }),
  report('K-9 Mail, English', {
    body: `
      The left one.
      --\x20
      Sent from my Android device with K-9 Mail. Please excuse my brevity.

      -------- Original Message --------
      From: Soporte ARFNET <soporte@arfnet.example>
      Sent: November 3, 2026 10:00:12 AM GMT+01:00
      To: ana@example.org
      Subject: Answer to ticket #7

      Which of the two printers is it?`,
    new: ['The left one.'],
    quoted: ['10:00:12 AM', 'Which of the two printers is it?'],
  }),
  report('Samsung, Spanish', {
    body: `
      La de la izquierda.

      Enviado desde mi Galaxy

      -------- Mensaje original --------
      De: Soporte ARFNET <soporte@arfnet.example>
      Fecha: 3/11/26 10:00 (GMT+01:00)
      A: Ana Pons <ana@example.org>
      Asunto: Respuesta al ticket n.º 7

      ¿Cuál de las dos impresoras es?`,
    new: ['La de la izquierda.'],
    quoted: ['Fecha: 3/11/26', '¿Cuál de las dos impresoras es?'],
  }),
  report('Proton Mail, English', {
    body: `
      The left one.

      Sent with Proton Mail secure email.

      On Tuesday, November 3rd, 2026 at 10:00, ${from} wrote:

      > Which of the two printers is it?
      >
      > Marc`,
    new: ['The left one.'],
    quoted: ['November 3rd', 'Which of the two printers is it?'],
  }),
  report('QQ Mail, Chinese', {
    body: `
      左边那台。

      ------------------ 原始邮件 ------------------
      发件人: "Soporte ARFNET" <soporte@arfnet.example>;
      发送时间: 2026年11月3日(星期二) 上午10:00
      收件人: "Ana Pons" <ana@example.org>;
      主题: Answer to ticket #7

      是哪一台打印机？`,
    new: ['左边那台。'],
    quoted: ['原始邮件', '是哪一台打印机？'],
  }),
];
