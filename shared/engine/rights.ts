import { createAuthorize } from './authorize.ts';
import { createMay } from './may.ts';
import { createScope, type Table } from './scope.ts';

/** All queries on a table of rights. */
export function createRights<Name extends string, Role extends string>(table: Table<Name, Role>) {
  const scope = createScope(table);
  return { ...scope, ...createAuthorize(table, scope), ...createMay(table) };
}

export type Rights<Name extends string = string, Role extends string = string> = ReturnType<
  typeof createRights<Name, Role>
>;
