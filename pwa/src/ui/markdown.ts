import MarkdownIt from 'markdown-it';

/*
 * Raw HTML is shown as text, images are left out (they would call other servers), and links go only to http, https and
 * mailto (the library would let through what other programs run, such as smb: or ms-msdt:), so that nothing a person wrote can run. It uses markdown-it, because this renderer
 * can switch HTML off completely.
 */
const renderer = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');
renderer.validateLink = (url) => /^(?:https?|mailto):/i.test(url.trim());

/** Renders Markdown as HTML that is safe to show. */
export function renderMarkdown(text: string): string {
  return renderer.render(text);
}
