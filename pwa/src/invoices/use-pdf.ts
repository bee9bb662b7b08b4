import type { Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { Invoice } from '#shared/invoices/schema.ts';
import { openFile } from '../files/file-bytes.ts';
import { useSession } from '../session/session.ts';
import { useToasts } from '../ui/toasts.ts';

/** Returns a function that saves the PDF of an invoice, from this device or from the server. */
export function usePdf(invoice: Ref<Invoice | null | undefined>): () => Promise<void> {
  const { t } = useI18n();
  const session = useSession();
  const toasts = useToasts();
  return async () => {
    const hash = invoice.value?.pdfHash;
    if (!hash || !session.me) return;
    const opened = await openFile(session.me.id, {
      sha256: hash,
      fileName: `${invoice.value?.number ?? 'invoice'}.pdf`,
      mediaType: 'application/pdf',
    });
    if (!opened) toasts.show(t('invoices.pdfOffline'));
  };
}
