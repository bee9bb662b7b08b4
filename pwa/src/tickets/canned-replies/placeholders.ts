/** What a canned reply may name; each stands in braces in its text. */
export const placeholders = ['client', 'agent', 'number', 'subject'] as const;
export type Placeholder = (typeof placeholders)[number];

/** The text with what is known in the place of its names; other braces stay as they are. */
export function fillIn(text: string, known: Record<Placeholder, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    placeholders.some((each) => each === name) ? known[name as Placeholder] : all,
  );
}
