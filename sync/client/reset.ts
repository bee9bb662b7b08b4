import type { Fields } from '#shared/engine/collection.ts';
import type { Replica } from './store.ts';
import type { KeptRefusal } from './refusals.ts';
import { createSentLog, type SentWrite } from './sent-log.ts';

/*
 * When a person's rights change, the replica is rebuilt, because it holds documents that they may no longer see. The
 * person's own texts are kept: unsent writes become refusals, and refusals and drafts are copied to the new replica.
 */

export type Kept = {
  refusals: KeptRefusal[];
  drafts: Record<string, string>;
  /** For `openReplica`, which needs it before the first pull. Missing if an older version of the app kept it. */
  sent?: SentWrite[];
};

/** The local document with the names of all drafts, because RxDB can't list local documents. */
export const draftNames = 'draft-names';

/**
 * Collects everything that the person wrote and the server does not have. The replica must be stopped before. It accepts no
 * writes any more: they would be deleted with it.
 *
 * @param groupOf the id of the document that an unsent document belongs to: its refusals are restored together
 */
export async function gatherKept(
  replica: Replica,
  { now, groupOf }: { now: number; groupOf: (document: Fields) => string },
): Promise<Kept> {
  await replica.endWrites();
  const unsent = (await replica.unsent()).map(({ collection, document, base }): KeptRefusal => ({
    id: `${document.id}:${Number(document['writtenAt'])}`,
    collectionName: collection,
    document: document.id,
    group: groupOf(document),
    code: 'access-changed',
    field: null,
    detail: null,
    mine: { ...document },
    base: base && { ...base },
    at: now,
  }));
  const { refusals, drafts } = await keptTexts(replica);
  const sent = await createSentLog(replica.refusals).all();
  return { refusals: [...refusals, ...unsent], drafts, sent };
}

/** The refused writes and the drafts on this device. */
export async function keptTexts(
  replica: Pick<Replica, 'refusals'>,
): Promise<Pick<Kept, 'refusals' | 'drafts'>> {
  const found = await replica.refusals.find().exec();
  const drafts: Record<string, string> = {};
  for (const name of await namesOf(replica)) {
    const draft = await replica.refusals.getLocal<{ text: string }>(`draft:${name}`);
    const text: unknown = draft?.get('text');
    if (typeof text === 'string' && text !== '') drafts[name] = text;
  }
  return { refusals: found.map((each) => each.toMutableJSON()), drafts };
}

/** Stores the collected refusals and drafts in the new replica. It is idempotent. */
export async function restoreKept(
  replica: Replica,
  { refusals, drafts }: Pick<Kept, 'refusals' | 'drafts'>,
): Promise<void> {
  await replica.refusals.bulkUpsert(refusals);
  for (const [name, text] of Object.entries(drafts)) await saveDraft(replica, name, text);
}

/** Stores a draft on the device. Drafts are never sent. */
export function saveDraft(replica: Replica, name: string, text: string): Promise<void> {
  // Drafts are saved one after another. Two at the same time would overwrite each other's list of names.
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

async function namesOf(replica: Pick<Replica, 'refusals'>): Promise<string[]> {
  const list: unknown = (await replica.refusals.getLocal<{ names: string[] }>(draftNames))?.get('names');
  return Array.isArray(list) ? (list as string[]) : []; // written by saveDraft
}
