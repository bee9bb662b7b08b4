import { computed, type Ref } from 'vue';
import { draftRate, draftTotals } from '#shared/invoices/draft-totals.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { useDocument } from '../replica/use-documents.ts';
import { useSession } from '../session/session.ts';

type Totals = Pick<Invoice, 'net' | 'totals' | 'total'>;

/**
 * The totals of an invoice. A draft is shown as it would be issued now: the tax of its client may have changed since it was
 * written.
 */
export function useDraftTotals(invoice: Ref<Invoice | null | undefined>) {
  const session = useSession();
  const client = useDocument('people', () =>
    invoice.value?.status === 'draft' ? invoice.value.client : null,
  );
  return computed((): Totals => {
    const shown = invoice.value;
    if (shown?.status !== 'draft') return shown ?? { net: 0, totals: [], total: 0 };
    return draftTotals(shown, draftRate(session.about.sellerTax, client.value));
  });
}
