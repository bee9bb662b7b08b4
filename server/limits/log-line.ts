/** What a caller sends may be in a log line, so each value and the whole line are cut. */
const mostText = 500;
const mostEntries = 20;
const mostDepth = 4;
/** A stack says where an error comes from within this length. */
const mostStack = 4_000;

/** Shortens the values of a log line. Nothing that a caller sends makes a line longer than some tens of kilobytes. */
export function boundedLine(values: Record<string, unknown>): Record<string, unknown> {
  return bounded(values, 0) as Record<string, unknown>;
}

function bounded(value: unknown, depth: number, name = ''): unknown {
  if (typeof value === 'string') return cut(value, name === 'stack' ? mostStack : mostText);
  if (Buffer.isBuffer(value) || ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return value; // the serializer of errors makes texts of it, which are cut there
  if (depth >= mostDepth) return '…';
  if (Array.isArray(value)) {
    const kept = value.slice(0, mostEntries).map((each: unknown) => bounded(each, depth + 1));
    return value.length > mostEntries ? [...kept, `… ${value.length - mostEntries} more`] : kept;
  }
  const entries = Object.entries(value);
  const kept = entries
    .slice(0, mostEntries)
    .map(([key, each]) => [cut(key, 64), bounded(each, depth + 1, key)]);
  if (entries.length > mostEntries) kept.push(['…', `${entries.length - mostEntries} more`]);
  return Object.fromEntries(kept) as Record<string, unknown>;
}

/** Cuts a text, and says how much is missing. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length - most} more characters)` : text;
}

/** Formats an error for the log, without the statement and the values that a database error contains. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return bounded(error, 0);
  const { name, message, stack } = error;
  return { name, message: cut(message, mostText), stack: cut(stack ?? '', mostStack) };
}
