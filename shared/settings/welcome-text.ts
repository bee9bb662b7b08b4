/** The provider's text of the first page, taken apart so that each piece gets its place. Every text is Markdown. */
export type WelcomeText = {
  promise: string;
  intro: string;
  points: string[];
  sections: { title: string; isFolded: boolean; items: { title: string; text: string }[] }[];
};

/**
 * Takes the text apart by its headings: `#` is the promise, with an introduction and a list of points below it; each `##` begins a
 * section and each `###` an item in it. A section whose items are all questions is shown folded.
 */
export function welcomeTextOf(markdown: string): WelcomeText {
  const [head = '', ...rest] = markdown.split(/^## /m);
  const [, promise = '', below = ''] = /^# (.*)$([\s\S]*)/m.exec(head) ?? [];
  const lines = below.trim().split('\n');
  const isPoint = (line: string) => /^[-*] /.test(line);
  return {
    promise: promise.trim(),
    intro: lines
      .filter((line) => !isPoint(line))
      .join('\n')
      .trim(),
    points: lines.filter(isPoint).map((line) => line.slice(2).trim()),
    sections: rest.map((section) => {
      const [title = '', ...parts] = section.split(/^### /m);
      const items = parts.map((part) => {
        const [heading = '', ...text] = part.split('\n');
        return { title: heading.trim(), text: text.join('\n').trim() };
      });
      const isFolded = items.length > 0 && items.every((item) => item.title.endsWith('?'));
      return { title: (title.split('\n')[0] ?? '').trim(), isFolded, items };
    }),
  };
}
