import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { saveDraft } from '#sync/client/reset.ts';
import type { Replica } from '#sync/client/store.ts';
import { replica } from './replica.ts';

const saveAfterMs = 250;

/** Texts that are still being saved. A form that is reopened at once finds its text here. */
const unsaved = new Map<string, string>();

/**
 * A text that survives reload, update and network loss. It is kept in the replica and never sent.
 *
 * @param name key of the draft; when it changes, the other draft is shown
 */
export function useDraft(name: () => string): { text: Ref<string>; clear: () => Promise<void> } {
  const text = ref('');
  let others: { unsubscribe: () => void } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = '';
  /** The text as saved. An unchanged text is not written, so that another tab's draft is not overwritten. */
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
    // Getters (as in use-documents.ts): a new revision of the ticket must not restore the saved text.
    [() => replica.value, name],
    async ([opened, key]) => {
      if (shown && shown !== key) saveNow();
      shown = '';
      const before = text.value;
      const pending = unsaved.get(key);
      const found = await opened?.refusals.getLocal<{ text: string }>(`draft:${key}`);
      if (!opened || key !== name()) return;
      const kept: unknown = pending ?? found?.get('text');
      keptText = typeof kept === 'string' ? kept : '';
      shown = key;
      // Text that was typed before the draft loaded stays.
      if (text.value === before) text.value = keptText;
      else timer = setTimeout(saveNow, saveAfterMs);
      follow(opened, key);
    },
    { immediate: true },
  );
  /** Shows what another tab writes into the same draft, so that neither replaces the other's text unseen. */
  function follow(opened: Replica, key: string): void {
    others?.unsubscribe();
    others = opened.refusals.getLocal$<{ text: string }>(`draft:${key}`).subscribe((found) => {
      const theirs: unknown = found?.get('text') ?? '';
      const isOwn = unsaved.has(key) || text.value !== keptText;
      if (isOwn || typeof theirs !== 'string' || theirs === keptText) return;
      keptText = theirs;
      text.value = theirs;
    });
  }
  watch(text, () => {
    clearTimeout(timer);
    if (shown) timer = setTimeout(saveNow, saveAfterMs);
  });
  window.addEventListener('pagehide', saveNow);
  onBeforeUnmount(() => {
    window.removeEventListener('pagehide', saveNow);
    others?.unsubscribe();
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

/** Appends a text to a draft. */
export async function addToDraft(name: string, text: string): Promise<void> {
  const before = await readDraft(name);
  await writeDraft(name, before ? `${before}\n\n${text}` : text);
}

/** The text of a draft, or an empty string. */
export async function readDraft(name: string): Promise<string> {
  const found = await replica.value?.refusals.getLocal<{ text: string }>(`draft:${name}`);
  const text: unknown = found?.get('text');
  return typeof text === 'string' ? text : '';
}

/** Overwrites a draft. */
export async function writeDraft(name: string, text: string): Promise<void> {
  if (replica.value) await saveDraft(replica.value, name, text);
}
