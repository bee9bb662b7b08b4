/** Fetches the newest version of the app, activates it and reloads the page. Unsent writes and drafts stay. */
export async function updateApp(): Promise<void> {
  const reload = () => window.location.reload();
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update().catch(() => undefined); // no network: the reload shows the version that is here
  const worker = registration?.installing ?? registration?.waiting;
  if (!worker) return reload();
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true });
  const activate = () => worker.state === 'installed' && worker.postMessage({ type: 'SKIP_WAITING' });
  worker.addEventListener('statechange', activate);
  activate();
}
