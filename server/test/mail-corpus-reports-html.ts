import { htmlReport, type MailReport } from './mail-report.ts';

const from = 'Soporte ARFNET &lt;soporte@arfnet.example&gt;';

/** Mails with HTML alone, as mail programs write it. */
export const htmlMails: MailReport[] = [
  htmlReport('Gmail: the quotation in gmail_quote', {
    body: `
      <div dir="ltr"><div>The left one.</div><div>It is the <b>older</b> of the two.</div></div><br>
      <div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Tue, Nov 3, 2026 at 10:00 AM
      ${from} wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid #ccc">
      <div>Which of the two printers is it?</div></blockquote></div>`,
    new: ['The left one.', 'It is the older of the two.'],
    quoted: ['Nov 3, 2026', 'Which of the two printers is it?'],
  }),
  htmlReport('Gmail: a forwarded mail, which has the class gmail_quote too', {
    headers: { Subject: 'Fwd: New price' },
    body: `
      <div dir="ltr">Is this allowed?<br><br><div class="gmail_quote gmail_quote_container">
      <div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <b>Hosting shop</b>
      &lt;info@hosting.example.com&gt;<br>Date: Mon, Nov 2, 2026 at 8:15 AM<br>Subject: New price<br>To:
      &lt;ana@example.org&gt;<br></div><br><div>From December we charge 18 euros a month.</div></div></div>`,
    new: ['Is this allowed?', 'info@hosting.example.com', 'From December we charge 18 euros a month.'],
  }),
  htmlReport('Gmail: the answer below the quotation, inside the same element', {
    body: `
      <div dir="ltr"><div class="gmail_quote"><div class="gmail_attr">On Tue, Nov 3, 2026 at 10:00 AM ${from}
      wrote:<br></div><blockquote class="gmail_quote"><div>May we restart it?</div></blockquote>
      <div>Yes, after ten.</div></div></div>`,
    new: ['Yes, after ten.'],
    quoted: ['May we restart it?'],
  }),
  htmlReport('Outlook on the web: appendonsend and divRplyFwdMsg', {
    body: `
      <div class="elementToProof">The left one.</div>
      <div id="appendonsend"></div>
      <hr style="display:inline-block;width:98%" tabindex="-1">
      <div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>De:</b> ${from}<br><b>Enviado:</b> martes, 3 de
      noviembre de 2026 10:00<br><b>Para:</b> Ana Pons &lt;ana@example.org&gt;<br><b>Asunto:</b> Respuesta al ticket
      7</font><div>&nbsp;</div></div>
      <div>¿Cuál de las dos impresoras es?</div>`,
    new: ['The left one.'],
    quoted: ['Enviado:', '¿Cuál de las dos impresoras es?'],
  }),
  htmlReport('Outlook on the web: a forwarded mail, which has divRplyFwdMsg too', {
    headers: { Subject: 'RV: Aviso' },
    body: `
      <div>¿Tengo que pagar esto?</div><div id="appendonsend"></div><hr>
      <div id="divRplyFwdMsg" dir="ltr"><b>De:</b> Registro &lt;avisos@registro.example.com&gt;<br><b>Enviado:</b>
      lunes, 2 de noviembre de 2026 8:15<br><b>Para:</b> ana@example.org<br><b>Asunto:</b> Aviso</div>
      <div>Recibo 7781: quedan tres días.</div>`,
    new: ['¿Tengo que pagar esto?', 'avisos@registro.example.com', 'Recibo 7781: quedan tres días.'],
  }),
  htmlReport('Outlook for Windows: a border above the header, and a numbered list in the answer', {
    body: `
      <html><head><style>p.MsoNormal { margin: 0cm }</style></head><body><div class="WordSection1">
      <p class="MsoNormal">I did this:<o:p></o:p></p>
      <ol start="1" type="1"><li class="MsoListParagraph">opened the cover</li><li>pressed the red key</li></ol>
      <p class="MsoNormal">The lamp still blinks.<o:p></o:p></p>
      <div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">
      <b>From:</b> ${from} <br><b>Sent:</b> Tuesday, November 3, 2026 10:00 AM<br><b>To:</b> Ana Pons<br>
      <b>Subject:</b> Answer to ticket #7<o:p></o:p></p></div>
      <p class="MsoNormal">What did you try?<o:p></o:p></p></div></body></html>`,
    new: ['I did this:', 'opened the cover', 'pressed the red key', 'The lamp still blinks.'],
    quoted: ['Sent:', 'What did you try?'],
    never: ['MsoNormal', 'margin: 0cm'],
  }),
  htmlReport('Outlook for iOS: ms-outlook-mobile-reference-message', {
    body: `
      <div dir="auto">The left one.</div><div dir="auto">Get <a href="https://aka.example/o">Outlook for iOS</a></div>
      <div id="mail-editor-reference-message-container"><hr><div class="ms-outlook-mobile-reference-message">
      <div><b>From:</b> ${from}<br><b>Sent:</b> Tuesday, November 3, 2026 10:00:00 AM<br><b>To:</b> Ana Pons<br>
      <b>Subject:</b> Answer to ticket #7</div><div>Which of the two printers is it?</div></div></div>`,
    new: ['The left one.'],
    quoted: ['Which of the two printers is it?'],
  }),
  htmlReport('Apple Mail: answers between two blockquotes of type cite', {
    body: `
      <div>Hello Marc,</div><div><br><blockquote type="cite"><div>On 3 Nov 2026, at 10:00, ${from} wrote:</div><br>
      <div>Is the paper tray full?</div></blockquote><div>It is half full.</div><br>
      <blockquote type="cite"><div>Does it pull two sheets at once?</div></blockquote></div>
      <div>Only the thick paper does.</div>`,
    new: ['Hello Marc,', 'It is half full.', 'Only the thick paper does.'],
  }),
  htmlReport('Thunderbird: an answer between two parts of the quotation', {
    body: `
      <body text="#000000"><div class="moz-cite-prefix">On 03/11/2026 10:00, Soporte ARFNET wrote:<br></div>
      <blockquote type="cite" cite="mid:1@arfnet.example"><p>Which account is it?</p></blockquote>
      <p>It is sales@example.org.</p>
      <blockquote type="cite" cite="mid:1@arfnet.example"><p>And on which device?</p></blockquote>
      <p>On the tablet of the shop.</p></body>`,
    new: ['It is sales@example.org.', 'On the tablet of the shop.'],
  }),
  htmlReport('an answer in blue letters inside the quoted blockquote', {
    body: `
      <div>See the blue words below.</div><br><blockquote type="cite"><div>On 3 Nov 2026, at 10:00, ${from}
      wrote:</div><div>Which plan? <span style="color:#0432ff">The small one, for two years.</span></div>
      <div>From which day?</div><div style="color:#0432ff">From the first of December.</div></blockquote>`,
    new: ['See the blue words below.', 'The small one, for two years.', 'From the first of December.'],
  }),
  htmlReport('Yahoo: the quotation in yahoo_quoted', {
    body: `
      <div class="ydp1yahoo-style-wrap"><div dir="ltr">La de la izquierda.</div></div>
      <div id="yahoo_quoted_77" class="yahoo_quoted"><div>En martes, 3 de noviembre de 2026, 10:00:00 CET, ${from}
      escribió:</div><div><br></div><div>¿Cuál de las dos impresoras es?</div></div>`,
    new: ['La de la izquierda.'],
    quoted: ['10:00:00 CET', '¿Cuál de las dos impresoras es?'],
  }),
  htmlReport('Proton Mail: the quotation in protonmail_quote', {
    body: `
      <div style="font-family: Arial">The left one.</div><div class="protonmail_signature_block"><div
      class="protonmail_signature_block-proton">Sent with Proton Mail secure email.</div></div>
      <div class="protonmail_quote">On Tuesday, November 3rd, 2026 at 10:00, ${from} wrote:<br>
      <blockquote class="protonmail_quote" type="cite">Which of the two printers is it?</blockquote></div>`,
    new: ['The left one.'],
    quoted: ['November 3rd', 'Which of the two printers is it?'],
  }),
  htmlReport('GMX: the quotation in an element with the name quote', {
    body: `
      <div><div>Der linke.</div><div>&nbsp;</div><div name="quote" style="border-left: 2px solid #c3d9e5;">
      <div><b>Gesendet:</b> Dienstag, 03. November 2026 um 10:00 Uhr<br><b>Von:</b> ${from}<br><b>An:</b>
      ana@example.org<br><b>Betreff:</b> Antwort</div><div>Welcher der beiden Drucker ist es?</div></div></div>`,
    new: ['Der linke.'],
    quoted: ['Gesendet:', 'Welcher der beiden Drucker ist es?'],
  }),
  htmlReport('a blockquote that the person made around an error message', {
    body: `
      <p>The terminal shows this:</p><blockquote>Card refused, code 51.</blockquote><p>What is code 51?</p>`,
    new: ['The terminal shows this:', 'Card refused, code 51.', 'What is code 51?'],
  }),
  htmlReport('a table with names and numbers', {
    body: `
      <p>Please create these mailboxes:</p><table><thead><tr><th>Name</th><th>Quota</th></tr></thead>
      <tbody><tr><td>sales</td><td>20 GB</td></tr><tr><td>press</td><td>5 GB</td></tr></tbody></table>`,
    new: ['Please create these mailboxes:', 'Name', 'Quota', 'sales', '20 GB', 'press', '5 GB'],
    never: ['NameQuota', 'sales20', 'GBpress', 'press5'],
  }),
  htmlReport('tables inside tables for the layout, as a web form sends them', {
    body: `
      <table width="100%" role="presentation"><tr><td><table role="presentation"><tr><td>Order</td><td>8120</td></tr>
      <tr><td>Colour</td><td>green</td></tr></table></td><td><table><tr><td>Please call before delivery.</td></tr></table>
      </td></tr></table>`,
    new: ['Order', '8120', 'Colour', 'green', 'Please call before delivery.'],
    never: ['Order8120', '8120Colour', 'Colourgreen', 'greenPlease'],
  }),
  htmlReport('lines divided by br and div alone, without any white space', {
    body: `<div>first line<br>second line<br/>third line</div><div>fourth line</div><ul><li>one</li><li>two</li></ul>`,
    new: ['first line', 'second line', 'third line', 'fourth line', 'one', 'two'],
    never: ['linesecond', 'linethird', 'linefourth', 'lineone', 'onetwo'],
  }),
  htmlReport('a link whose address is not in its words', {
    body: `
      <p>The wrong price is on <a href="https://shop.example.net/vase?id=77&amp;lang=ca">this page</a>, and
      <a href="mailto:biel@example.org">Biel</a> knows the right one.</p>`,
    new: [
      'this page',
      'https://shop.example.net/vase?id=77&lang=ca',
      'biel@example.org',
      'knows the right one.',
    ],
  }),
  htmlReport('code in a pre element with escaped signs', {
    body: `
      <p>Line 2 fails:</p><pre>if (a &lt; b &amp;&amp; c &gt; 0) {
        stop();
      }</pre><p>Compare it with <code>a &lt;= b</code>.</p><hr><p>The rest runs.</p>`,
    new: ['Line 2 fails:', 'if (a < b && c > 0) {', 'stop();', 'Compare it with a <= b', 'The rest runs.'],
    never: ['&lt;', '&amp;'],
  }),
  htmlReport('an emoji as a picture, and a title and a script that are no text', {
    body: `
      <html><head><title>Untitled draft</title><script>track(1)</script></head><body><p>Works now
      <img alt="👍" src="https://cdn.example.com/1f44d.png" width="16"></p><!-- a hidden note --></body></html>`,
    new: ['Works now', '👍'],
    never: ['Untitled draft', 'track(1)', 'a hidden note'],
  }),
];
