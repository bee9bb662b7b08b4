import { isClient } from '#shared/people/role.ts';
import { isCollectionName, type CollectionName, type Documents } from '#shared/collections.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import { useNames } from '../people/use-names.ts';
import { theReplica } from '../replica/replica.ts';
import { useServiceTexts } from '../services/use-service-texts.ts';
import { useSession } from '../session/session.ts';

export type DocumentRef = { collection: string; id: string };
/** A document as people call it. `to`: its page, or that of the document in which it is shown. `meta`: what it belongs to. */
export type NamedDocument = { to: string; title: string; meta: string };

export const keyOf = ({ collection, id }: DocumentRef): string => `${collection} ${id}`;

type Naming = { [N in CollectionName]?: (document: Documents[N]) => NamedDocument | null };

/** Returns a function that names the documents of any collection that are on this device, by `keyOf`. */
export function useDocumentNames(): (refs: readonly DocumentRef[]) => Promise<Map<string, NamedDocument>> {
  const session = useSession();
  const nameOf = useNames();
  const services = useServiceTexts();

  const read = async <N extends CollectionName>(
    name: N,
    ids: Iterable<string>,
  ): Promise<Map<string, Documents[N]>> => {
    const wanted = [...new Set(ids)];
    if (wanted.length === 0 || !theReplica().has(name)) return new Map();
    const found = await theReplica().collection(name).findByIds(wanted).exec();
    return new Map([...found].map(([id, each]) => [id, each.toJSON() as Documents[N]]));
  };
  const ofTicket = ({ id, number, subject, client }: Ticket): NamedDocument => ({
    to: `/tickets/${id}`,
    title: number === null ? subject : `#${number} ${subject}`,
    meta: nameOf(client),
  });

  return async (refs) => {
    const idsOf = (name: CollectionName) =>
      refs.flatMap(({ collection, id }) => (collection === name ? [id] : []));
    const names = [...new Set(refs.map(({ collection }) => collection))].filter(isCollectionName);
    const found = new Map(
      await Promise.all(names.map(async (name) => [name, await read(name, idsOf(name))] as const)),
    );
    const documentsOf = <N extends CollectionName>(name: N) =>
      (found.get(name) ?? new Map()) as Map<string, Documents[N]>; // read above
    const parts = [...documentsOf('messages').values(), ...documentsOf('files').values()];
    const tickets = await read(
      'tickets',
      parts.flatMap(({ ticket }) => ticket ?? []),
    );
    const invoices = await read(
      'invoices',
      [...documentsOf('files').values(), ...documentsOf('payments').values()].flatMap(
        ({ invoice }) => invoice ?? [],
      ),
    );
    const invoiceTitle = (id: string) => invoices.get(id)?.number ?? '';
    const naming: Naming = {
      tickets: ofTicket,
      messages({ ticket }) {
        const about = tickets.get(ticket);
        return about ? ofTicket(about) : null;
      },
      files({ fileName, ticket, invoice }) {
        if (invoice) return { to: `/invoices/${invoice}`, title: fileName, meta: invoiceTitle(invoice) };
        const about = ticket === null ? undefined : tickets.get(ticket);
        return about ? { to: `/tickets/${about.id}`, title: fileName, meta: about.subject } : null;
      },
      orders: ({ id, instanceName, client }) => ({
        to: `/orders/${id}`,
        title: instanceName,
        meta: nameOf(client),
      }),
      invoices: ({ id, number, description, client }) => ({
        to: `/invoices/${id}`,
        title: number ?? description,
        meta: nameOf(client),
      }),
      payments: ({ invoice, client }) => ({
        to: `/invoices/${invoice}`,
        title: invoiceTitle(invoice),
        meta: nameOf(client),
      }),
      people: (person) => {
        if (isClient(session.me)) return null;
        const to = isClient(person) ? `/clients/${person.id}` : '/people';
        return { to, title: person.displayName, meta: person.email };
      },
      services: (service) => ({
        to: isClient(session.me) || !session.actor ? `/catalogue/${service.id}` : `/services/${service.id}`,
        title: services.nameOf(service),
        meta: services.textOf(service.taglines),
      }),
      announcements: ({ title }) => ({ to: '/announcements', title, meta: '' }),
      cannedReplies: ({ title }) => ({ to: '/canned-replies', title, meta: '' }),
    };
    const named = new Map<string, NamedDocument>();
    for (const [name, documents] of found) {
      const of = naming[name] as ((document: unknown) => NamedDocument | null) | undefined; // of the same collection
      for (const [id, document] of documents) {
        const result = of?.(document);
        if (result) named.set(keyOf({ collection: name, id }), result);
      }
    }
    return named;
  };
}
