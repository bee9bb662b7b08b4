import type { Actor } from './actor.ts';
import { serverTimes, type Collection, type Fields } from './collection.ts';
import { ME, type Condition, type Rule } from './rule.ts';

/** The table of rights and the collections it is about. Name and Role are the product's own unions. */
export type Table<Name extends string = string, Role extends string = string> = {
  collections: Readonly<Record<Name, Collection>>;
  policy: Readonly<Record<Name, Readonly<Record<Role, Rule>>>>;
};

/** True when the document has, for every field of the condition, one of its values (ME: the actor's id). */
export function fits(actor: Actor, when: Condition, document: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([field, values]) =>
    values === ME ? document[field] === actor.id : values.includes(String(document[field])),
  );
}

/** The audience strings that mean this actor. */
export function audiencesWith({ id, role }: Actor): string[] {
  return [role, `${role} ${id}`];
}

/** What of a table says who may read which documents and fields. */
export function createScope<Name extends string, Role extends string>(table: Table<Name, Role>) {
  const { collections, policy } = table;
  const names = Object.keys(collections) as Name[]; // the keys of the record
  const readable = new Map<unknown, Set<string>>();

  function readableFields(name: Name, fields: Exclude<Rule['read'][number]['fields'], '*'>): Set<string> {
    const known = readable.get(fields);
    if (known) return known;
    const all = Object.keys(collections[name].schema.shape);
    const list = new Set(
      'but' in fields
        ? all.filter((field) => !fields.but.includes(field))
        : ['id', 'writtenAt', ...serverTimes, ...fields],
    );
    readable.set(fields, list);
    return list;
  }

  return {
    /** The conditions of which a document must fit one to travel to this actor. None: nothing travels. */
    scopeOf(actor: Actor<Role>, name: Name): Condition[] {
      return policy[name][actor.role].read.map((rule) => rule.when);
    },

    /** The fields that decide who sees a document of the collection. A change of them can give or take access. */
    scopeFields(name: Name): string[] {
      const rules = Object.values<Rule>(policy[name]).flatMap((rule) => rule.read);
      return [...new Set(rules.flatMap((rule) => Object.keys(rule.when)))];
    },

    /**
     * Who may see a document, as strings: a role, or a role and a person's id. The difference before and after a write
     * says who loses access.
     */
    audiencesOf(name: Name, document: Readonly<Record<string, unknown>>): Set<string> {
      const audiences = Object.entries<Rule>(policy[name]).flatMap(([role, { read }]) =>
        read.flatMap(({ when }) => {
          const person = Object.entries(when).find(([, values]) => values === ME)?.[0];
          const others = Object.entries(when).filter(([, values]) => values !== ME);
          const seen = others.every(([field, values]) => values.includes(String(document[field])));
          if (!seen) return [];
          return [person === undefined ? role : `${role} ${String(document[person])}`];
        }),
      );
      return new Set(audiences);
    },

    /** The document with the fields that this actor may read, or null where the actor may not read it at all. */
    view(actor: Actor<Role>, name: Name, document: Fields): Fields | null {
      const rule = policy[name][actor.role].read.find(({ when }) => fits(actor, when, document));
      if (!rule) return null;
      if (rule.fields === '*') return document;
      const kept = readableFields(name, rule.fields);
      const entries = Object.entries(document).filter(([field]) => kept.has(field));
      return { ...Object.fromEntries(entries), id: document.id };
    },

    /** The collections of which the role may read something: the ones that its replica opens. */
    collectionsOf(role: Role): Name[] {
      return names.filter((name) => policy[name][role].read.length > 0);
    },
  };
}

export type Scope<Name extends string = string, Role extends string = string> = ReturnType<
  typeof createScope<Name, Role>
>;
