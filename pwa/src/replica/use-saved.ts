import { useI18n } from 'vue-i18n';
import { isReached } from './replica.ts';
import { useToasts } from '../ui/toasts.ts';

/** Returns a function that shows a "saved" toast. Without network it says that the change is still to be sent. */
export function useSaved(): () => void {
  const { t } = useI18n();
  const toasts = useToasts();
  return () => toasts.show(t(isReached.value ? 'orders.done' : 'orders.doneOffline'));
}
