import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { api } from '../api.ts';
import type { Actor } from '#shared/people/actor.ts';
import type { Role } from '#shared/people/schema.ts';
import type { Provider } from '#shared/people/api.ts';

export type Me = {
  id: string;
  role: Role;
  name: string;
  /** The count of changes of rights under which this device's replica was made. */
  epoch: number;
};

const sessionKey = 'cstims.session';
const providerKey = 'cstims.provider';
const owedKey = 'cstims.sign-out-owed';
const nobodyYet: Provider = {
  provider: '',
  contact: '',
  timeZone: 'UTC',
  logo: false,
  pages: [],
  terms: [],
  taxPercent: null,
  alignment: 'anniversary',
  offerTotp: false,
};

function stored<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? otherwise; // written below
  } catch {
    return otherwise;
  }
}

/** Who uses this device. Kept on it, so that the app opens without network. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(stored<Me | null>(sessionKey, null));
  const about = shallowRef<Provider>({ ...nobodyYet, ...stored<Partial<Provider>>(providerKey, {}) });
  /** Why the sign-in page is shown, where there is something to say. */
  const notice = ref<'account-disabled' | null>(null);
  const actor = computed((): Actor | null => me.value);

  function keep(person: Me | null): void {
    me.value = person;
    if (person) localStorage.setItem(sessionKey, JSON.stringify(person));
    else localStorage.removeItem(sessionKey);
  }

  /** Provider's name and contact, and what concerns who is signed in. Without network they stay as they were. */
  async function loadProvider(): Promise<void> {
    try {
      const { me: person, epoch, ...rest } = await api.account.me.query();
      about.value = rest;
      localStorage.setItem(providerKey, JSON.stringify(rest));
      // Another role waits until the replica is made anew (replica.ts); a name may change at once.
      if (person && me.value?.id === person.id && me.value.epoch === epoch) keep({ ...person, epoch });
    } catch {
      // offline: the sign-in page says so when somebody tries
    }
  }

  async function signIn(given: { login: string; password: string; code?: string }): Promise<void> {
    const { id, role, name, epoch } = await api.account.signIn.mutate({ ...given, device: deviceName() });
    notice.value = null;
    localStorage.removeItem(owedKey); // the new session took the old one's place
    keep({ id, role, name, epoch });
    // Before the first page: what it shows above itself, and the provider's day, depend on it.
    await loadProvider();
  }

  /**
   * Signs out on this device at once. The server is told now, or as soon as it can be reached: the cookie is out of
   * reach of scripts, so until then this device owes it that.
   */
  async function signOut(): Promise<void> {
    keep(null);
    localStorage.setItem(owedKey, 'yes');
    await settleSignOut();
  }

  async function settleSignOut(): Promise<void> {
    if (localStorage.getItem(owedKey) === null || me.value) return;
    await api.account.signOut.mutate().then(
      () => localStorage.removeItem(owedKey),
      () => undefined, // not reached: tried again at the next start and when the network is back
    );
  }

  return { me, actor, about, notice, loadProvider, signIn, signOut, settleSignOut, keep };
});

/** A random name of this device: for the audit, and to tell a sign-in from a new one. */
export function deviceName(): string {
  const key = 'cstims.device';
  const known = localStorage.getItem(key);
  if (known) return known;
  const name = crypto.randomUUID();
  localStorage.setItem(key, name);
  return name;
}
