import type { Actor } from './actor.ts';
import type { Fields } from './collection.ts';
import { EngineError } from './domain-error.ts';
import { createsOf, pathBetween, type Create } from './rule.ts';
import { fits, type Scope, type Table } from './scope.ts';

/** Where a write comes from. 'sync': a replica, which may have stored it for days. 'command': a request sent at once. */
export type Origin = 'sync' | 'command';

/** `before`: null for a new document. `changed`: the fields that the writer set, without derived fields. */
export type AuthorizedWrite = {
  before: Fields | null;
  after: Fields;
  changed: readonly string[];
  origin?: Origin;
};
type Update = AuthorizedWrite & { before: Fields };

/** The queries on a table of rights about writing: who may create, change and remove which documents. */
export function createAuthorize<Name extends string, Role extends string>(
  { collections, policy }: Table<Name, Role>,
  { view }: Scope<Name, Role>,
) {
  /**
   * The first rule whose condition fits decides. If none fits, the first rule gives the error. Conditions on `undecided`
   * fields are left out.
   */
  function authorizeCreate(
    actor: Actor<Role>,
    name: Name,
    { after, changed, origin, undecided = [] }: AuthorizedWrite & { undecided?: readonly string[] },
  ) {
    const conditionsOf = ({ when }: Create) =>
      Object.entries(when).filter(([field]) => !undecided.includes(field));
    const rules = createRules(actor, name, origin);
    const rule = rules.find((each) => fits(actor, Object.fromEntries(conditionsOf(each)), after)) ?? rules[0];
    if (!rule) throw new EngineError('not-allowed');
    const start = rule.start ?? {};
    for (const field of changed) {
      if (Object.hasOwn(start, field)) {
        if (!start[field]?.includes(after[field])) throw new EngineError('illegal-move', field);
      } else if (!rule.fields.includes(field)) {
        throw new EngineError('forbidden-field', field);
      }
    }
    const wrong = conditionsOf(rule).find(([field, values]) => !fits(actor, { [field]: values }, after));
    if (wrong) throw new EngineError('not-allowed', wrong[0]);
  }

  function createRules(actor: Actor<Role>, name: Name, origin: Origin | undefined): Create[] {
    const rule = policy[name][actor.role];
    const { command } = rule;
    const rules = [...createsOf(rule)];
    return origin === 'command' && command?.create ? [...rules, command.create] : rules;
  }

  function authorizeUpdate(actor: Actor<Role>, name: Name, { before, after, changed, origin }: Update) {
    // A document that the actor may not read is refused as not found, because even its existence is private.
    if (!view(actor, name, before)) throw new EngineError('not-found');
    const { update = [], command } = policy[name][actor.role];
    const all = origin === 'command' ? [...update, ...(command?.update ?? [])] : update;
    const rules = all.filter(({ when }) => fits(actor, when, before));
    const { insertOnly } = collections[name];
    if (changed.length > 0 && rules.length === 0) {
      throw new EngineError(insertOnly ? 'insert-only' : 'not-allowed', changed[0] ?? null);
    }
    for (const field of changed) {
      if (rules.some((rule) => rule.fields.includes(field))) continue;
      const moves = rules.map((rule) => rule.move?.[field]).filter((move) => move !== undefined);
      if (moves.length === 0) throw new EngineError(insertOnly ? 'insert-only' : 'forbidden-field', field);
      const [from, to] = [String(before[field]), String(after[field])];
      const path = pathBetween(moves, from, to);
      // A replica may send several moves as one. A command is a single move.
      if (path === null || (origin === 'command' && path.length > 1)) {
        throw new EngineError('illegal-move', field, `${from} -> ${to}`);
      }
    }
  }

  return {
    /** Checks that this actor may make this write. @throws DomainError with the reason of the refusal */
    authorize(this: void, actor: Actor<Role>, name: Name, write: AuthorizedWrite): void {
      if (write.before) authorizeUpdate(actor, name, { ...write, before: write.before });
      else authorizeCreate(actor, name, write);
    },

    /**
     * Checks what the writer sent for a new document, before the server reads other documents to derive the rest.
     * Otherwise its answer could tell what they contain. `after`: without derived fields. @throws DomainError
     */
    authorizeInput(this: void, actor: Actor<Role>, name: Name, write: AuthorizedWrite): void {
      authorizeCreate(actor, name, { ...write, undecided: collections[name].derived });
    },

    /** Checks that this actor may remove this document by a command. @throws DomainError 'not-found', 'not-allowed' */
    authorizeRemove(this: void, actor: Actor<Role>, name: Name, document: Fields): void {
      if (!view(actor, name, document)) throw new EngineError('not-found');
      const condition = policy[name][actor.role].command?.remove;
      if (!condition || !fits(actor, condition, document)) throw new EngineError('not-allowed');
    },
  };
}
