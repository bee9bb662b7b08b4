import type { Actor } from './actor.ts';
import { serverTimes, type Collection, type Fields } from './collection.ts';
import { ME, type Condition, type Rule } from './rule.ts';

/** The table of rights and its collections. Name and Role are the product's own unions. */
export type Table<Name extends string = string, Role extends string = string> = {
  collections: Readonly<Record<Name, Collection>>;
  policy: Readonly<Record<Name, Readonly<Record<Role, Rule>>>>;
};

/** True if every field of the condition has one of the listed values in the document. ME stands for the actor's id. */
export function fits(actor: Actor, when: Condition, document: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(when).every(([field, values]) =>
    values === ME ? document[field] === actor.id : values.includes(String(document[field])),
  );
}

/** The audience strings that include this actor. */
export function audiencesWith({ id, role }: Actor): string[] {
  return [role, `${role} ${id}`];
}

/** The queries on a table of rights about reading: who may read which documents and fields. */
export function createScope<Name extends string, Role extends string>(table: Table<Name, Role>) {
  const { collections, policy } = table;
  const collectionNames = Object.keys(collections) as Name[]; // the keys of the record
  const readableByRule = new Map<unknown, Set<string>>();

  function readableFields(name: Name, fields: Exclude<Rule['read'][number]['fields'], '*'>): Set<string> {
    const known = readableByRule.get(fields);
    if (known) return known;
    const all = Object.keys(collections[name].schema.shape);
    const list = new Set(
      'but' in fields
        ? all.filter((field) => !fields.but.includes(field))
        : ['id', 'writtenAt', ...serverTimes, ...fields],
    );
    readableByRule.set(fields, list);
    return list;
  }

  return {
    /** A document is sent to this actor if it fits at least one of these conditions. An empty list: nothing is sent. */
    scopeOf(this: void, actor: Actor<Role>, name: Name): Condition[] {
      return policy[name][actor.role].read.map((rule) => rule.when);
    },

    /** The fields that decide who may read a document of the collection. Changing one can grant or revoke access. */
    scopeFields(this: void, name: Name): string[] {
      const rules = Object.values<Rule>(policy[name]).flatMap((rule) => rule.read);
      return [...new Set(rules.flatMap((rule) => Object.keys(rule.when)))];
    },

    /**
     * Who may read a document, as strings: a role, or a role and a person's id. Comparing the audiences before and after
     * a write shows who loses access.
     */
    audiencesOf(this: void, name: Name, document: Readonly<Record<string, unknown>>): Set<string> {
      const audiences = Object.entries<Rule>(policy[name]).flatMap(([role, { read }]) =>
        read.flatMap(({ when }) => {
          const person = Object.entries(when).find(([, values]) => values === ME)?.[0];
          const others = Object.entries(when).filter(([, values]) => values !== ME);
          const matches = others.every(([field, values]) => values.includes(String(document[field])));
          if (!matches) return [];
          return [person === undefined ? role : `${role} ${String(document[person])}`];
        }),
      );
      return new Set(audiences);
    },

    /** The document with only the fields that this actor may read, or null if the actor may not read it. */
    view(this: void, actor: Actor<Role>, name: Name, document: Fields): Fields | null {
      const rule = policy[name][actor.role].read.find(({ when }) => fits(actor, when, document));
      if (!rule) return null;
      if (rule.fields === '*') return document;
      const visible = readableFields(name, rule.fields);
      const entries = Object.entries(document).filter(([field]) => visible.has(field));
      return { ...Object.fromEntries(entries), id: document.id };
    },

    /** The collections that the role may read, at least in part. A replica of the role opens exactly these. */
    collectionsOf(this: void, role: Role): Name[] {
      return collectionNames.filter((name) => policy[name][role].read.length > 0);
    },
  };
}

export type Scope<Name extends string = string, Role extends string = string> = ReturnType<
  typeof createScope<Name, Role>
>;
