import MarkdownIt from 'markdown-it';

/*
 * Raw HTML is shown as text, images are left out (they would call other servers), and links go only to http, https and
 * mailto (the library's own check), so that nothing a person wrote can run. markdown-it, as it is the renderer whose
 * HTML can be switched off whole.
 */
const renderer = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');

/** Markdown as HTML that may be shown. */
export function renderMarkdown(text: string): string {
  return renderer.render(text);
}
