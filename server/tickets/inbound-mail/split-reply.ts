/*
 * Splits a reply into what the person wrote and the earlier e-mail below it, which the app folds away. A word too many is
 * better than a word lost, so only a quotation that is introduced in a known way is folded:
 *
 * - lines that begin with >, below a line with a date and a name, as most programs write it. There is one such block. If
 *   there are more, the person has answered between them, and all of them are shown;
 * - everything below such a line, or below a block of headers (Outlook), if it names us as the author.
 *
 * Signatures are kept: what looks like one can be a line of a script or a table.
 */

export type SplitReply = { shown: string; folded: string };

/** Lines that introduce a quotation are short. Longer ones are part of a text. */
const mostIntroduction = 300;

const date =
  /\d{1,2}[:.h]\d{2}(?!\d)|\b(?:19|20)\d{2}\b|(?:19|20)\d{2}年|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/;
const wrote =
  /\b(?:wrote|writes|escribió|escribio|va escriure|schrieb|geschrieben|a écrit|ha scritto|escreveu|skrev|schreef|napisał|kirjoitti)\b|(?:写道|のメール|пишет|написал)/i;
const fromLabel = label('from|de|von|da|van|fra|från|od|发件人|差出人|от');
const dateLabel = label(
  'sent|date|enviado(?: el)?|fecha|gesendet|datum|envoyé|inviato|data|verzonden|sendt|skickat|dato|发送时间|日期|дата|отправлено',
);
const subjectLabel = label('subject|asunto|betreff|objet|oggetto|assunto|onderwerp|emne|ämne|主题|件名|тема');
const separator = /^\s*(?:[-_]{5,}|-{2,}\s*[\p{L}' ]{5,40}\s*-{2,})\s*$/u;
const forwarded =
  /forwarded message|begin forwarded|mensaje reenviado|weitergeleitete nachricht|message transféré|messaggio inoltrato|mensagem encaminhada/i;
const forwardSubject = /^\s*(?:fwd?|rv|tr|wg|enc|vs|vb|doorst)\s*:/i;

const mobileSignature =
  /^\s*(?:sent from my|get outlook for|enviado desde mi|envoyé de mon|von meinem) [^.?!]{2,40}\s*$/i;

function label(names: string): RegExp {
  return new RegExp(`^\\s*\\*?(?:${names})\\s*\\*?\\s*[:：]`, 'iu');
}

/**
 * @param text lines separated by \n
 * @param ours names and addresses that we send e-mails with
 * @returns `folded` is empty if nothing is folded, or if nothing would be left
 */
export function splitReply(
  text: string,
  { subject, ours }: { subject: string; ours: readonly string[] },
): SplitReply {
  const whole = { shown: text.trim(), folded: '' };
  if (forwardSubject.test(subject)) return whole;
  const lines = text.split('\n');
  const quotation = quotationIn(
    lines,
    ours.filter(Boolean).map((each) => each.toLowerCase()),
  );
  if (!quotation) return whole;
  const from = withMobileSignature(lines, quotation);
  const before = lines.slice(0, from).join('\n').trim();
  const after = lines.slice(quotation.to).join('\n').trim();
  const shown = [before, after].filter(Boolean).join('\n\n');
  const folded = lines.slice(from, quotation.to).join('\n').trim();
  return shown === '' ? whole : { shown, folded };
}

type Range = { from: number; to: number };

function quotationIn(lines: readonly string[], ours: readonly string[]): Range | null {
  const isOurs = (from: number, to: number) => {
    const words = lines.slice(from, to).join(' ').toLowerCase();
    return ours.some((each) => words.includes(each));
  };
  if (lines.some((line) => forwarded.test(short(line)))) return null;
  const blocks = markedBlocks(lines);
  const [first] = blocks;
  for (let i = 0; i < (first?.from ?? lines.length); i += 1) {
    const headers = headersAt(lines, i);
    if (headers && isOurs(i, headers)) return { from: withSeparator(lines, i), to: lines.length };
    const introduction = introductionEndingAt(lines, i);
    const isMarked = first && lines.slice(i + 1, first.from).every((line) => line.trim() === '');
    if (introduction !== null && !isMarked && isOurs(introduction, i + 1))
      return { from: introduction, to: lines.length };
  }
  if (!first || blocks.length > 1) return null;
  // Apple marks the introduction too.
  const unmarked = lines.slice(first.from, first.from + 3).map((line) => line.replace(/^[>\s]+/, ''));
  if (unmarked.some((_, i) => introductionEndingAt(unmarked, i) === 0)) return first;
  let last = first.from - 1;
  while (last >= 0 && lines[last]?.trim() === '') last -= 1;
  const from = introductionEndingAt(lines, last);
  return from === null ? null : { from, to: first.to };
}

/** The blocks of lines that begin with >. Blank lines between such lines belong to their block. */
function markedBlocks(lines: readonly string[]): Range[] {
  const blocks: Range[] = [];
  let isOpen = false;
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    const last = blocks.at(-1);
    if (text.startsWith('>')) {
      if (isOpen && last) last.to = i + 1;
      else blocks.push({ from: i, to: i + 1 });
      isOpen = true;
    } else if (text !== '') isOpen = false;
  }
  return blocks;
}

/** Where the introduction starts that ends with this line: "On … Ana <ana@…> wrote:", on at most three lines. */
function introductionEndingAt(lines: readonly string[], last: number): number | null {
  if (!/[:：]\s*\*?$/.test(short(lines[last]))) return null;
  let words = '';
  for (let i = last; i >= 0 && i > last - 3 && lines[i]?.trim(); i -= 1) {
    words = `${short(lines[i])} ${words}`;
    if (words.length > mostIntroduction) return null;
    if (date.test(words) && (/[^\s@]@[^\s@]/.test(words) || wrote.test(words))) return i;
  }
  return null;
}

/** The index behind a block of headers (from, date, subject) that starts with this line, or null. */
function headersAt(lines: readonly string[], at: number): number | null {
  const first = short(lines[at]);
  if (!fromLabel.test(first) && !dateLabel.test(first)) return null;
  let end = at + 1;
  while (end < at + 9 && lines[end]?.trim()) end += 1;
  const block = lines.slice(at, end).map(short);
  const isComplete = [fromLabel, dateLabel, subjectLabel].every((header) =>
    block.some((line) => header.test(line)),
  );
  return isComplete ? end : null;
}

/** A line of dashes or underscores above the headers belongs to them. */
function withSeparator(lines: readonly string[], at: number): number {
  let above = at - 1;
  while (above >= 0 && lines[above]?.trim() === '') above -= 1;
  return separator.test(short(lines[above])) ? above : at;
}

/** "Sent from my iPhone" on a line of its own above a quotation at the end belongs to it. */
function withMobileSignature(lines: readonly string[], { from, to }: Range): number {
  if (to < lines.length && lines.slice(to).some((line) => line.trim() !== '')) return from;
  let above = from - 1;
  while (above >= 0 && lines[above]?.trim() === '') above -= 1;
  return mobileSignature.test(short(lines[above])) ? above : from;
}

/** The beginning of a line. No pattern is applied to more, so that no line is slow. */
function short(line: string | undefined): string {
  return (line ?? '').slice(0, mostIntroduction);
}
