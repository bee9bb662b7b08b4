import { useI18n } from 'vue-i18n';
import { connection } from './replica.ts';
import { useToasts } from '../ui/toasts.ts';

/** Returns a function that shows a "saved" toast. Without network it says that the change is still to be sent. */
export function useSaved(): () => void {
  const { t } = useI18n();
  const toasts = useToasts();
  return () => toasts.show(t(connection.value.online ? 'orders.done' : 'orders.doneOffline'));
}
