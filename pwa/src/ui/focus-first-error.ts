/**
 * After a form was refused, its first wrong field gets the focus, so that it is in sight and is read out. `form` may be
 * unknown: then any form of the page.
 */
export function focusFirstError(form: ParentNode = document): void {
  // The errors are rendered first.
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

/** Watches all forms of the page. */
export function watchForms(): void {
  document.addEventListener('submit', ({ target }) => {
    if (target instanceof HTMLFormElement) focusFirstError(target);
  });
}
