import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Role } from '#shared/collections/people.ts';
import type { Actor } from '#shared/policy/actor.ts';
import { api } from '../api.ts';

export type Me = { id: string; role: Role; name: string };

const key = 'cstims.session';

function stored(): Me | null {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? 'null') as Me | null; // written below
    return value && typeof value.id === 'string' ? value : null;
  } catch {
    return null;
  }
}

function storedTax(): number | null {
  const value: unknown = JSON.parse(localStorage.getItem('cstims.tax') ?? 'null');
  return typeof value === 'number' ? value : null;
}

/** Who uses this device. Kept on it, so that the app opens without network. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(stored());
  const provider = ref(localStorage.getItem('cstims.provider') ?? '');
  const contact = ref('');
  /** Hundredths of a percent that this person's prices are shown with; null = net only. */
  const taxPercent = ref(storedTax());
  const actor = computed((): Actor | null => me.value);

  function keep(person: Me | null): void {
    me.value = person;
    if (person) localStorage.setItem(key, JSON.stringify(person));
    else localStorage.removeItem(key);
  }

  /** Provider's name and contact, and the tax of who is signed in. Without network they stay as they were. */
  async function loadProvider(): Promise<void> {
    try {
      const answer = await api.account.me.query();
      provider.value = answer.provider;
      contact.value = answer.contact;
      localStorage.setItem('cstims.provider', answer.provider);
      taxPercent.value = answer.taxPercent;
      localStorage.setItem('cstims.tax', JSON.stringify(answer.taxPercent));
    } catch {
      // offline: the sign-in page says so when somebody tries
    }
  }

  async function signIn(login: string, password: string): Promise<void> {
    const person = await api.account.signIn.mutate({ login, password });
    keep(person);
    void loadProvider();
  }

  /** Ends the session at the server where it can be reached; it ends by itself otherwise. */
  async function signOut(): Promise<void> {
    keep(null);
    await api.account.signOut.mutate().catch(() => undefined);
  }

  return { me, actor, provider, contact, taxPercent, loadProvider, signIn, signOut };
});
