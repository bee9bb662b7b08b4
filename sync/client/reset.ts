import type { Replica, Waiting } from './store.ts';
import type { KeptRefusal } from './refusals.ts';

/*
 * A person's rights changed: the replica holds what the old ones could see, so it is made anew. What its person wrote
 * is theirs whatever they may see now: unsent writes become refusals, and refusals and drafts go over to the new one.
 */

export type Kept = { refusals: KeptRefusal[]; drafts: Record<string, string> };

/** The local document that lists the names of all drafts (RxDB can't enumerate local documents). */
export const draftNames = 'draft-names';

/** All that its person wrote and the server does not have. The replica must have been stopped. */
export async function gatherKept(replica: Replica, waiting: readonly Waiting[], now: number): Promise<Kept> {
  const found = await replica.refusals.find().exec();
  const unsent = waiting.map(({ collection, document, base }): KeptRefusal => ({
    id: `${document.id}:${Number(document['writtenAt'])}`,
    collectionName: collection,
    document: document.id,
    group: document.id,
    code: 'access-changed',
    field: null,
    detail: null,
    mine: { ...document },
    base: base && { ...base },
    at: now,
  }));
  const drafts: Record<string, string> = {};
  for (const name of await namesOf(replica)) {
    const draft = await replica.refusals.getLocal<{ text: string }>(`draft:${name}`);
    const text: unknown = draft?.get('text');
    if (typeof text === 'string' && text !== '') drafts[name] = text;
  }
  return { refusals: [...found.map((each) => each.toMutableJSON()), ...unsent], drafts };
}

/** Puts what was kept into the new replica. Done twice it changes nothing. */
export async function restoreKept(replica: Replica, { refusals, drafts }: Kept): Promise<void> {
  await replica.refusals.bulkUpsert(refusals);
  for (const [name, text] of Object.entries(drafts)) await saveDraft(replica, name, text);
}

/** Keeps a text of its person on the device; never sent. */
export function saveDraft(replica: Replica, name: string, text: string): Promise<void> {
  // One after the other: two at once would both read the list of names and one write over the other's.
  const saved = (saving.get(replica) ?? Promise.resolve()).then(() => save(replica, name, text));
  saving.set(
    replica,
    saved.catch(() => undefined),
  );
  return saved;
}

const saving = new WeakMap<Replica, Promise<void>>();

async function save(replica: Replica, name: string, text: string): Promise<void> {
  const names = await namesOf(replica);
  if (!names.includes(name)) await replica.refusals.upsertLocal(draftNames, { names: [...names, name] });
  await replica.refusals.upsertLocal(`draft:${name}`, { text });
}

async function namesOf(replica: Replica): Promise<string[]> {
  const list: unknown = (await replica.refusals.getLocal<{ names: string[] }>(draftNames))?.get('names');
  return Array.isArray(list) ? (list as string[]) : []; // written by saveDraft
}
