import { shallowRef } from 'vue';

/** Credentials handed from the sign-in page to the second-factor setup. Kept in memory only. */
export const pendingSignIn = shallowRef<{ login: string; password: string } | null>(null);

const key = 'cstims.wanted';
/** A confirmation e-mail is answered within this time, or the person has forgotten what they wanted. */
const keptMs = 7 * 24 * 3_600_000;

/** A page of this app, from an address that anybody could have written. */
export function ownPage(to: unknown): string | null {
  return typeof to === 'string' && to.startsWith('/') && !to.startsWith('//') ? to : null;
}

/** Remembers the page that a visitor wanted, such as a service to order, over registration and the e-mail with its link. */
export function rememberWantedPage(to: unknown): void {
  const page = ownPage(to);
  if (page) localStorage.setItem(key, JSON.stringify({ page, at: Date.now() }));
}

/** The page to show after signing in: the one in the address, else the remembered one, else the first. It is forgotten. */
export function takeWantedPage(to: unknown): string {
  const kept = localStorage.getItem(key);
  localStorage.removeItem(key);
  const { page, at } = kept ? (JSON.parse(kept) as { page: string; at: number }) : { page: '/', at: 0 }; // written above
  return ownPage(to) ?? (Date.now() - at < keptMs ? page : '/');
}
