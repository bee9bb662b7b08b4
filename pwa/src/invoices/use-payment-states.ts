import { computed } from 'vue';
import { useDocuments } from '../replica/use-documents.ts';
import { useToday } from '../session/use-today.ts';
import { currentOf, type PaymentState } from './payment-state.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

/** Returns a function for the payment state of any invoice. It counts in unsent payments. */
export function usePaymentStates(): (invoice: Invoice) => PaymentState {
  const unsent = useDocuments('payments', () => ({ selector: { unsent: 1 } }));
  const byInvoice = computed(() => Map.groupBy(unsent.value ?? [], ({ invoice }) => invoice));
  const today = useToday();
  return (invoice) => currentOf(invoice, byInvoice.value.get(invoice.id) ?? [], today.value);
}
