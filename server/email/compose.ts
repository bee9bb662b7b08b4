import type { Language } from '#shared/settings/language.ts';

/** What every e-mail function gets besides its own data. */
export type Frame = {
  language: Language;
  /** Of the provider. */
  timeZone: string;
  provider: string;
  contact: string;
  appUrl: string;
  /** A logo is attached, to be shown above the text. */
  logo: boolean;
  /** A reply to the e-mail is received as an answer. */
  byEmail?: boolean;
  /** The reader has no account, so the e-mail has no link to the app. */
  outside?: boolean;
};

/** The Content-ID by which the HTML of an e-mail refers to the attached logo. */
export const logoCid = 'logo@cstims';

export type Email = { subject: string; text: string; html: string };

export type Content = {
  subject: string;
  paragraphs: string[];
  /** Text that a person wrote, shown as a quotation. */
  quote?: string;
  link?: { text: string; path: string };
};

const footer = {
  en: ({ provider, contact, byEmail, outside }: Frame) => {
    if (byEmail)
      return `Reply to this e-mail${outside ? '' : ' or answer in the app'}. ${provider}, ${contact}`;
    const how = outside ? 'Please write to us' : 'Please answer in the app';
    return `This is an automatic e-mail from ${provider}. ${how}. Questions: ${contact}`;
  },
  es: ({ provider, contact, byEmail, outside }: Frame) => {
    if (byEmail)
      return `Responda a este correo${outside ? '' : ' o en la aplicación'}. ${provider}, ${contact}`;
    const how = outside ? 'Escríbanos' : 'Responda en la aplicación';
    return `Este es un correo automático de ${provider}. ${how}. Preguntas: ${contact}`;
  },
};

/** Renders an e-mail as text and as HTML. Everything is escaped here, so no e-mail function can forget it. */
export function compose(frame: Frame, { subject, paragraphs, quote, ...content }: Content): Email {
  const link = frame.outside ? undefined : content.link;
  const url = link ? `${frame.appUrl}${link.path}` : '';
  const foot = footer[frame.language](frame);
  const text = [
    ...paragraphs,
    ...(quote === undefined ? [] : [quote.replace(/^/gm, '> ')]),
    ...(link ? [`${link.text}: ${url}`] : []),
    `-- \n${foot}`,
  ].join('\n\n');
  const lines = (value: string) => escapeHtml(value).replaceAll('\n', '<br>');
  const html = [
    `<!doctype html><html lang="${frame.language}"><meta charset="utf-8"><title>${escapeHtml(subject)}</title>`,
    '<body style="font:15px/1.5 system-ui,sans-serif;color:#16181d;max-width:600px;margin:24px auto;padding:0 16px">',
    frame.logo ? `<p><img src="cid:${logoCid}" alt="${escapeHtml(frame.provider)}" height="48"></p>` : '',
    ...paragraphs.map((paragraph) => `<p>${lines(paragraph)}</p>`),
    quote === undefined
      ? ''
      : `<blockquote style="margin:16px 0;padding:8px 16px;border-left:3px solid #0f6b5c;background:#f3f6f5">${lines(quote)}</blockquote>`,
    link
      ? `<p><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 16px;background:#0f6b5c;color:#fff;border-radius:6px;text-decoration:none">${escapeHtml(link.text)}</a></p>`
      : '',
    `<p style="color:#5b6270;font-size:13px;border-top:1px solid #e2e5e9;padding-top:12px">${lines(foot)}</p>`,
    '</body></html>',
  ].join('\n');
  // The subject must be one line: a line break in a name would start another header.
  return { subject: subject.replace(/[\s\p{Cc}]+/gu, ' ').trim(), text, html };
}

export function escapeHtml(value: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
