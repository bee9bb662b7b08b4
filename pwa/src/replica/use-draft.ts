import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import { replica } from './replica.ts';

const saveAfterMs = 250;

/**
 * A text that survives reload, update and loss of the network: it is kept in the replica, never sent.
 *
 * @param name what it is a draft of; where it changes, that draft is shown
 */
export function useDraft(name: () => string): { text: Ref<string>; clear: () => Promise<void> } {
  const text = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let shown = '';

  const save = async (key: string, value: string) => {
    await replica.value?.refusals.upsertLocal(`draft:${key}`, { text: value });
  };
  const saveNow = () => {
    clearTimeout(timer);
    if (shown) void save(shown, text.value);
  };

  watch(
    [replica, name],
    async ([opened, key]) => {
      if (shown && shown !== key) saveNow();
      shown = '';
      const found = await opened?.refusals.getLocal<{ text: string }>(`draft:${key}`);
      if (!opened || key !== name()) return;
      const kept: unknown = found?.get('text');
      text.value = typeof kept === 'string' ? kept : '';
      shown = key;
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
      await save(shown || name(), '');
    },
  };
}

/** Puts a text where its author will find it as a draft. */
export async function writeDraft(name: string, text: string): Promise<void> {
  await replica.value?.refusals.upsertLocal(`draft:${name}`, { text });
}
