import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { saveDraft } from '#sync/client/reset.ts';
import { replica } from './replica.ts';

const saveAfterMs = 250;

/** What is on its way to the replica: a form that is shown again at once finds it here. */
const unsaved = new Map<string, string>();

/**
 * A text that survives reload, update and loss of the network: it is kept in the replica, never sent.
 *
 * @param name what it is a draft of; where it changes, that draft is shown
 */
export function useDraft(name: () => string): { text: Ref<string>; clear: () => Promise<void> } {
  const text = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = '';
  /** As it is kept: nothing is written where nothing was typed, or another tab's draft would be overwritten. */
  let keptText = '';

  const save = async (key: string, value: string) => {
    if (!replica.value) return;
    unsaved.set(key, value);
    await saveDraft(replica.value, key, value);
    if (unsaved.get(key) === value) unsaved.delete(key);
  };
  const saveNow = () => {
    clearTimeout(timer);
    if (!shown || text.value === keptText) return;
    keptText = text.value;
    void save(shown, text.value);
  };

  watch(
    // Getters (as in use-documents.ts): a new revision of the ticket must not bring back what is kept.
    [() => replica.value, name],
    async ([opened, key]) => {
      if (shown && shown !== key) saveNow();
      shown = '';
      const before = text.value;
      const onItsWay = unsaved.get(key);
      const found = await opened?.refusals.getLocal<{ text: string }>(`draft:${key}`);
      if (!opened || key !== name()) return;
      const kept: unknown = onItsWay ?? found?.get('text');
      keptText = typeof kept === 'string' ? kept : '';
      shown = key;
      // What somebody typed before the draft was found stays.
      if (text.value === before) text.value = keptText;
      else timer = setTimeout(saveNow, saveAfterMs);
    },
    { immediate: true },
  );
  watch(text, () => {
    clearTimeout(timer);
    if (shown) timer = setTimeout(saveNow, saveAfterMs);
  });
  window.addEventListener('pagehide', saveNow);
  onBeforeUnmount(() => {
    window.removeEventListener('pagehide', saveNow);
    saveNow();
  });

  return {
    text,
    async clear() {
      clearTimeout(timer);
      text.value = '';
      keptText = '';
      await save(shown || name(), '');
    },
  };
}

/** Puts a text where its author will find it as a draft, below what is there already. */
export async function addToDraft(name: string, text: string): Promise<void> {
  const before = await readDraft(name);
  await writeDraft(name, before ? `${before}\n\n${text}` : text);
}

/** What is kept as a draft; empty: nothing. */
export async function readDraft(name: string): Promise<string> {
  const found = await replica.value?.refusals.getLocal<{ text: string }>(`draft:${name}`);
  const text: unknown = found?.get('text');
  return typeof text === 'string' ? text : '';
}

/** Sets a draft. */
export async function writeDraft(name: string, text: string): Promise<void> {
  if (replica.value) await saveDraft(replica.value, name, text);
}
