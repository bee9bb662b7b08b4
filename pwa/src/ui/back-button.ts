import { onScopeDispose, watch, type Ref } from 'vue';
import { openDialogs } from './open-dialogs.ts';

/** Lets the back button of the browser or the phone close this dialog instead of leaving the page under it. */
export function useBackButton(isOpen: Ref<boolean>, isLocked: () => boolean): void {
  const close = () => {
    if (!isLocked()) isOpen.value = false;
  };
  const forget = () => {
    const at = openDialogs.indexOf(close);
    if (at >= 0) openDialogs.splice(at, 1);
  };
  watch(
    isOpen,
    (now) => {
      forget();
      if (now) openDialogs.push(close);
    },
    { immediate: true },
  );
  onScopeDispose(forget);
}
