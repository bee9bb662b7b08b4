import { onKeyStroke } from '@vueuse/core';
import { replica } from '../replica/replica.ts';

/** Elements that need the keys themselves: text fields, open dialogs and menus. */
const typing = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]';

/** Binds single-key shortcuts. They are off while the user types or a dialog or menu is open, and until the
 * replica is open. */
export function useKeys(actions: Record<string, () => void>): void {
  onKeyStroke(Object.keys(actions), (event) => {
    if (!replica.value) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof HTMLElement && event.target.closest(typing)) return;
    event.preventDefault();
    actions[event.key]?.();
  });
}
