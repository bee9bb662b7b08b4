/** The id of the ticket whose thread a document belongs to (a message, a file, the ticket itself), or else its own id. */
export function threadOf(document: Readonly<Record<string, unknown>> & { id: string }): string {
  return typeof document['ticket'] === 'string' ? document['ticket'] : document.id;
}
