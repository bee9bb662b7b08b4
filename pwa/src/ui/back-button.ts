import { onScopeDispose, watch, type Ref } from 'vue';
import type { Router } from 'vue-router';

/** The open dialogs, the topmost last. */
const open: { close: () => void }[] = [];

/** Lets the back button of the browser or the phone close this dialog instead of leaving the page under it. */
export function useBackButton(isOpen: Ref<boolean>, isLocked: () => boolean): void {
  const dialog = {
    close() {
      if (!isLocked()) isOpen.value = false;
    },
  };
  const forget = () => {
    const at = open.indexOf(dialog);
    if (at >= 0) open.splice(at, 1);
  };
  watch(
    isOpen,
    (now) => {
      forget();
      if (now) open.push(dialog);
    },
    { immediate: true },
  );
  onScopeDispose(forget);
}

/**
 * Called once with the router, before its other guards: a step back while a dialog is open closes the dialog, and the page
 * stays.
 */
export function guardBackButton(router: Router): void {
  let isBack = false;
  // The router asks its first guard before a timer can run.
  const steppedBack = () => {
    isBack = true;
    setTimeout(() => (isBack = false));
  };
  window.addEventListener('popstate', steppedBack, { capture: true });
  router.beforeEach(() => {
    const top = isBack ? open.at(-1) : undefined;
    if (!top) return true;
    top.close();
    return false;
  });
}
