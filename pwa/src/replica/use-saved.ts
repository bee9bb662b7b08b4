import { useI18n } from 'vue-i18n';
import { connection } from './replica.ts';
import { useToasts } from '../ui/toasts.ts';

/** Says that something was saved, and where there is no network that it is still to be sent. */
export function useSaved(): () => void {
  const { t } = useI18n();
  const toasts = useToasts();
  return () => toasts.show(t(connection.value.online ? 'orders.done' : 'orders.doneOffline'));
}
