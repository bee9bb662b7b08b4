import { afterAll, beforeAll, expect, test } from 'vitest';
import { reports } from '../../test/mail-corpus-reports.ts';
import { messageOf } from './mail-message.ts';
import { openMailReader, type MailReader } from './read-mail.ts';

/*
 * 144 e-mails of the kinds that answer parsers are known to get wrong. No word that the person wrote now may be missing in
 * the shown text. A quotation should be folded away, but too much is better than too little.
 */

let reader: MailReader;
beforeAll(() => {
  reader = openMailReader();
});
afterAll(() => reader.close());

const ours = ['soporte@arfnet.example', 'Soporte ARFNET'];
const flat = (text: string) => text.replace(/\s+/g, ' ');

/** Words that the shown text lacks. They are one click away: nothing tells them from the quotation around them. */
const folded = [
  'answers typed into the text of the earlier mail, which Outlook does not mark',
  'answers marked with a name inside the quotation',
  'an answer in blue letters inside the quoted blockquote',
];
/** The e-mail does not say in which encoding it is. Its source can be opened. */
const unreadable = ['Japanese in ISO-2022-JP without any charset, as an old Outlook sends it'];
const exceptions = [...folded, ...unreadable];

test('the corpus has at least 140 reports', () => expect(reports.length).toBeGreaterThanOrEqual(140));

test.each(reports.map((each) => [each.name, each] as const))('%s', async (name, report) => {
  const mail = await reader.read(Buffer.from(report.raw), { from: 'ana@example.org', to: [] });
  const { body, email } = await messageOf(mail, { ours, isVerified: true });
  const lost = report.new.filter((phrase) => !flat(body).includes(flat(phrase)));
  expect(lost.length > 0, lost.join(' | ')).toBe(exceptions.includes(name));
  if (folded.includes(name)) expect(email.folded).toBeGreaterThan(0);
  // Everything that was written is in the whole text, folded or not.
  if (!unreadable.includes(name))
    for (const phrase of report.new) expect(flat(mail.text)).toContain(flat(phrase));
  for (const phrase of report.never ?? []) expect(flat(body)).not.toContain(flat(phrase));
  if (report.files !== undefined) expect(mail.attachments).toHaveLength(report.files);
});

test('of the e-mails with a quotation, at most one in twelve shows it', async () => {
  const quoting = reports.filter(({ quoted }) => quoted.length > 0);
  const showing: string[] = [];
  for (const { name, raw, quoted } of quoting) {
    const mail = await reader.read(Buffer.from(raw), { from: 'ana@example.org', to: [] });
    const { body } = await messageOf(mail, { ours, isVerified: true });
    if (quoted.some((phrase) => flat(body).includes(flat(phrase)))) showing.push(name);
  }
  expect(showing.length * 12, showing.join('\n')).toBeLessThanOrEqual(quoting.length);
});
