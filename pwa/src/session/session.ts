import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { api } from '../api.ts';
import type { Actor } from '#shared/people/actor.ts';
import type { Role } from '#shared/people/schema.ts';
import type { Provider } from '#shared/settings/api.ts';

export type Me = {
  id: string;
  role: Role;
  name: string;
  /** The rights epoch under which this device's replica was created. It counts changes of rights. */
  epoch: number;
};

const sessionKey = 'cstims.session';
const providerKey = 'cstims.provider';
const pendingSignOutKey = 'cstims.sign-out-owed';
const defaultProvider: Provider = {
  provider: '',
  contact: '',
  timeZone: 'UTC',
  logo: false,
  pages: [],
  terms: [],
  taxPercent: null,
  sellerTax: null,
  alignment: 'anniversary',
  offerTotp: false,
};

function stored<T>(key: string, fallback: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? fallback; // written below
  } catch {
    return fallback;
  }
}

/** The person who is signed in on this device. Stored on it, so that the app opens without network. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(stored<Me | null>(sessionKey, null));
  const about = shallowRef<Provider>({ ...defaultProvider, ...stored<Partial<Provider>>(providerKey, {}) });
  /** Why the sign-in page is shown, if the user needs a reason. */
  const notice = ref<'account-disabled' | null>(null);
  const actor = computed((): Actor | null => me.value);

  function keep(person: Me | null): void {
    me.value = person;
    if (person) localStorage.setItem(sessionKey, JSON.stringify(person));
    else localStorage.removeItem(sessionKey);
  }

  function keepProvider(provider: Provider): void {
    about.value = provider;
    localStorage.setItem(providerKey, JSON.stringify(provider));
  }

  /** Loads the provider's details and the signed-in person. Without network the stored values stay. */
  async function loadProvider(): Promise<void> {
    try {
      const { me: person, epoch, ...rest } = await api.account.me.query();
      // The session has ended on the server. What a visitor is told, prices without tax for one, is not true for this person.
      if (me.value && !person) return;
      keepProvider(rest);
      // A new role takes effect when the replica is rebuilt (replica.ts). A name may change at once.
      if (person && me.value?.id === person.id && me.value.epoch === epoch) keep({ ...person, epoch });
    } catch {
      // Offline: the sign-in page reports it when the user tries to sign in.
    }
  }

  async function signIn(credentials: { login: string; password: string; code?: string }): Promise<void> {
    const person = await api.account.signIn.mutate({
      ...credentials,
      device: deviceName(),
    });
    notice.value = null;
    localStorage.removeItem(pendingSignOutKey); // the new session replaces the old one
    const { id, role, name, epoch } = person;
    keepProvider(person.about);
    keep({ id, role, name, epoch });
  }

  /**
   * Signs out on this device at once. The server is told now, or as soon as it can be reached. Scripts cannot delete
   * the cookie, so the sign-out stays pending until the server ends the session.
   */
  async function signOut(): Promise<void> {
    keep(null);
    localStorage.setItem(pendingSignOutKey, 'yes');
    await settleSignOut();
  }

  async function settleSignOut(): Promise<void> {
    if (localStorage.getItem(pendingSignOutKey) === null || me.value) return;
    await api.account.signOut.mutate().then(
      () => localStorage.removeItem(pendingSignOutKey),
      () => undefined, // unreachable: retried at the next start and when the network is back
    );
  }

  return { me, actor, about, notice, loadProvider, signIn, signOut, settleSignOut, keep };
});

/** A random, stable name for this device. The audit log uses it, and sign-in uses it to detect new devices. */
export function deviceName(): string {
  const key = 'cstims.device';
  const known = localStorage.getItem(key);
  if (known) return known;
  const name = crypto.randomUUID();
  localStorage.setItem(key, name);
  return name;
}
