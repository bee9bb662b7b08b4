/** The placeholders that a canned reply may contain, each in braces. */
export const placeholders = ['client', 'agent', 'number', 'subject', 'service'] as const;
export type Placeholder = (typeof placeholders)[number];

/** Replaces the placeholders in a text with their values. Other braces stay unchanged. */
export function fillIn(text: string, known: Record<Placeholder, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    placeholders.some((each) => each === name) ? known[name as Placeholder] : all,
  );
}

/** What stands in braces in a text and is no placeholder. It would reach the client as it is. */
export function unknownIn(text: string): string[] {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !placeholders.some((each) => each === name));
}
