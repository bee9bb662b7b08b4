import { createSharedComposable } from '@vueuse/core';
import { computed } from 'vue';
import { useDocuments } from '../replica/use-documents.ts';
import { useSession } from '../session/session.ts';

/** Looks up display names by id, as far as the role may see them. All callers share one query. */
export const useNames = createSharedComposable((): ((id: string | null) => string) => {
  const session = useSession();
  const people = useDocuments('people', () => ({ selector: {} }));
  const names = computed(() => new Map(people.value?.map((person) => [person.id, person.displayName])));
  return (id) => (id === null ? '' : (names.value.get(id) ?? (id === session.me?.id ? session.me.name : '')));
});
