import { onKeyStroke } from '@vueuse/core';

/** Where keys are somebody's typing, or belong to what is open. */
const typing = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]';

/** Single keys that do something, except while somebody types or a dialog is open. */
export function useKeys(actions: Record<string, () => void>): void {
  onKeyStroke(Object.keys(actions), (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof HTMLElement && event.target.closest(typing)) return;
    event.preventDefault();
    actions[event.key]?.();
  });
}
