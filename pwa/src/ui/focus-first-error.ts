/** A refusal by the server arrives within this time, or the person has gone on. */
const watchedMs = 10_000;

/** After a form was refused, its first wrong field gets the focus, so that it is in sight and is read out. */
function focusFirstError(form: HTMLFormElement): void {
  const wrong = () => form.querySelector<HTMLElement>('[aria-invalid="true"]');
  const before = wrong();
  const observer = new MutationObserver(() => {
    const field = wrong();
    if (!field) return;
    observer.disconnect();
    field.focus();
  });
  observer.observe(form, { subtree: true, childList: true, attributeFilter: ['aria-invalid'] });
  setTimeout(() => observer.disconnect(), watchedMs);
  // The same error again changes nothing on the page.
  before?.focus();
}

/** Watches all forms of the page. */
export function watchForms(): void {
  document.addEventListener('submit', ({ target }) => {
    if (target instanceof HTMLFormElement) focusFirstError(target);
  });
}
