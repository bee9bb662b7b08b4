import {
  collectionNames,
  collectionOf,
  serverTimes,
  type CollectionName,
  type Fields,
} from '../collections.ts';
import { roles, type Role } from '../people/schema.ts';
import type { Actor } from './actor.ts';
import { policy } from '../policy.ts';
import { ME, type Condition, type Rule } from './rule.ts';

/** True when the document has, for every field named, one of the values ("me" = the actor). */
export function fits(actor: Actor, when: Condition, document: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([field, values]) =>
    values === ME ? document[field] === actor.id : values.includes(String(document[field])),
  );
}

/** The conditions of which a document must fit one to travel to this actor; empty = nothing does. */
export function scopeOf(actor: Actor, collection: CollectionName): Condition[] {
  return policy[collection][actor.role].read.map((rule) => rule.when);
}

/** The fields that decide who sees a document of the collection: a change of them can give or take access. */
export function scopeFields(collection: CollectionName): string[] {
  const rules = Object.values(policy[collection]).flatMap((rule) => rule.read);
  return [...new Set(rules.flatMap((rule) => Object.keys(rule.when)))];
}

/**
 * Who may see a document, as words: a role, or a role and a person's id. Who loses access is told by the difference
 * between the audiences before and after a write.
 */
export function audiencesOf(
  collection: CollectionName,
  document: Readonly<Record<string, unknown>>,
): Set<string> {
  const audiences = roles.flatMap((role) =>
    policy[collection][role].read.flatMap(({ when }) => {
      const person = Object.entries(when).find(([, values]) => values === ME)?.[0];
      const others = Object.entries(when).filter(([, values]) => values !== ME);
      const seen = others.every(([field, values]) => values.includes(String(document[field])));
      if (!seen) return [];
      return [person === undefined ? role : `${role} ${String(document[person])}`];
    }),
  );
  return new Set(audiences);
}

/** The words of audiencesOf that mean this actor. */
export function audiencesWith({ id, role }: Actor): string[] {
  return [role, `${role} ${id}`];
}

/** The document as this actor may have it, or null where it may not have it at all. */
export function view(actor: Actor, collection: CollectionName, document: Fields): Fields | null {
  const rule = policy[collection][actor.role].read.find(({ when }) => fits(actor, when, document));
  if (!rule) return null;
  if (rule.fields === '*') return document;
  const kept = listOf(collection, rule.fields);
  const entries = Object.entries(document).filter(([field]) => kept.has(field));
  return { ...Object.fromEntries(entries), id: document.id };
}

/** The collections of which at least one document may travel to the role: the ones its replica opens. */
export function collectionsOf(role: Role): CollectionName[] {
  return collectionNames.filter((name) => policy[name][role].read.length > 0);
}

const lists = new Map<unknown, Set<string>>();

function listOf(
  collection: CollectionName,
  fields: Exclude<Rule['read'][number]['fields'], '*'>,
): Set<string> {
  const known = lists.get(fields);
  if (known) return known;
  const all = Object.keys(collectionOf(collection).schema.shape);
  const list = new Set(
    'but' in fields
      ? all.filter((field) => !fields.but.includes(field))
      : ['id', 'writtenAt', ...serverTimes, ...fields],
  );
  lists.set(fields, list);
  return list;
}
