import { onScopeDispose, shallowReactive } from 'vue';

/** Something that can be done on the present page. `keys`: its shortcut, as it is shown. */
export type Command = { label: string; keys?: string; run: () => void };

const sources = shallowReactive(new Set<() => readonly Command[]>());

/** Offers commands in the command palette and in the list of shortcuts, as long as the calling component is there. */
export function offerCommands(commands: () => readonly Command[]): void {
  sources.add(commands);
  onScopeDispose(() => sources.delete(commands));
}

/** The commands of what is on the page now. */
export const commandsHere = (): Command[] => [...sources].flatMap((source) => source());
