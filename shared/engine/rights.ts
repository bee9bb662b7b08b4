import { createAuthorize } from './authorize.ts';
import { createMay } from './may.ts';
import { createScope, type Table } from './scope.ts';

/** Every question that the table of rights answers. */
export function createRights<Name extends string, Role extends string>(table: Table<Name, Role>) {
  const scope = createScope(table);
  return { ...scope, ...createAuthorize(table, scope), ...createMay(table) };
}

export type Rights<Name extends string = string, Role extends string = string> = ReturnType<
  typeof createRights<Name, Role>
>;
