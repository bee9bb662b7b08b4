import { useDebounceFn } from '@vueuse/core';
import { shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { isClient } from '#shared/people/role.ts';
import type { CollectionName, Documents } from '#shared/collections.ts';
import { useNames } from '../../people/use-names.ts';
import { theReplica } from '../../replica/replica.ts';
import { excerptOf, type Part } from '../../search/excerpt.ts';
import { isSearchReady, search } from '../../search/search.ts';
import type { Hit } from '../../search/search-index.ts';
import type { Searched } from '../../search/searchable.ts';
import { useServiceTexts } from '../../services/use-service-texts.ts';
import { useSession } from '../../session/session.ts';

/** A found document as the palette shows it. */
export type FoundRow = {
  key: string;
  kind: Searched;
  to: string;
  title: string;
  meta: string;
  excerpt: Part[];
};

const mostRows = 20;

/** Searches while the person types. `rows` is null while nothing was searched. */
export function useHits(text: Ref<string>): ShallowRef<FoundRow[] | null> {
  const { t } = useI18n();
  const session = useSession();
  const nameOf = useNames();
  const services = useServiceTexts();
  const rows = shallowRef<FoundRow[] | null>(null);

  const read = async <N extends CollectionName>(
    name: N,
    hits: readonly Hit[],
  ): Promise<Map<string, Documents[N]>> => {
    const ids = hits.flatMap(({ collection, id }) => (collection === name ? [id] : []));
    if (ids.length === 0 || !theReplica().has(name)) return new Map();
    const found = await theReplica().collection(name).findByIds(ids).exec();
    return new Map([...found].map(([id, each]) => [id, each.toJSON() as Documents[N]]));
  };

  async function rowsOf(hits: readonly Hit[]): Promise<FoundRow[]> {
    const [people, found, orders, invoices, messages, files, offered] = await Promise.all([
      read('people', hits),
      read('tickets', [
        ...hits,
        // The tickets of found messages.
        ...hits.flatMap(({ within, ...hit }) =>
          within ? [{ ...hit, within, collection: 'tickets' as const, id: within }] : [],
        ),
      ]),
      read('orders', hits),
      read('invoices', hits),
      read('messages', hits),
      read('files', hits),
      read('services', hits),
    ]);
    const rowOf = ({ collection, id, terms, within }: Hit): FoundRow | null => {
      const row = (to: string, [title, meta]: [string, string], text = ''): FoundRow => ({
        key: `${collection} ${id}`,
        kind: collection,
        to,
        title,
        meta,
        excerpt: text ? excerptOf(text, terms) : [],
      });
      const ticket = found.get(collection === 'tickets' ? id : (within ?? ''));
      const ofTicket = (text = '') =>
        ticket
          ? row(
              `/tickets/${ticket.id}`,
              [
                ticket.subject,
                [ticket.number === null ? '' : `#${ticket.number}`, nameOf(ticket.client)]
                  .filter(Boolean)
                  .join(' · '),
              ],
              text,
            )
          : null;
      switch (collection) {
        case 'tickets':
          return ofTicket();
        case 'messages':
          return ofTicket(messages.get(id)?.body ?? '');
        case 'files': {
          const file = files.get(id);
          if (!file) return null;
          if (file.invoice) return row(`/invoices/${file.invoice}`, [file.fileName, t('palette.file')]);
          return ticket ? row(`/tickets/${ticket.id}`, [file.fileName, ticket.subject]) : null;
        }
        case 'orders': {
          const order = orders.get(id);
          return order ? row(`/orders/${id}`, [order.instanceName, nameOf(order.client)]) : null;
        }
        case 'invoices': {
          const invoice = invoices.get(id);
          return invoice
            ? row(`/invoices/${id}`, [invoice.number ?? t('palette.draft'), nameOf(invoice.client)])
            : null;
        }
        case 'people': {
          const person = people.get(id);
          if (!person || isClient(session.me)) return null;
          return row(isClient(person) ? `/clients/${id}` : '/people', [person.displayName, person.email]);
        }
        case 'services': {
          const service = offered.get(id);
          return service
            ? row(`/catalogue/${id}`, [services.nameOf(service), services.textOf(service.taglines)])
            : null;
        }
      }
    };
    // One row for each ticket: the best of its subject and its messages.
    const shown = new Map<string, FoundRow>();
    for (const hit of hits) {
      const row = rowOf(hit);
      if (!row) continue;
      const known = shown.get(row.to);
      if (!known) shown.set(row.to, row);
      else if (known.excerpt.length === 0) known.excerpt = row.excerpt;
    }
    return [...shown.values()].slice(0, mostRows);
  }

  let latest = 0;
  const find = async () => {
    const number = (latest += 1);
    const wanted = text.value;
    const found = wanted.trim() === '' ? null : await rowsOf(await search(wanted));
    if (number === latest) rows.value = found;
  };
  // One search for keys that are typed quickly.
  const findSoon = useDebounceFn(find, 30);
  watch([text, isSearchReady], findSoon, { immediate: true });
  return rows;
}
