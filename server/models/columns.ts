import { DataTypes, type Model, type ModelAttributeColumnOptions, type ModelStatic } from 'sequelize';

/** A column whose values are read as T (rows.ts). `json`: stored as JSON text. */
export type Column<T> = ModelAttributeColumnOptions & { json?: boolean; readonly read?: T };
export type Columns = Record<string, Column<unknown>>;
/** A row of a table with these columns. */
export type RowOf<C extends Columns> = {
  -readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never;
};
/** A model whose rows are read as R. */
export type Table<R = unknown> = ModelStatic<Model> & { readonly row?: R };

type Nullable<N extends boolean, T> = N extends true ? T | null : T;

function column<T, N extends boolean = false>(
  type: ModelAttributeColumnOptions['type'],
  allowNull?: N,
): Column<Nullable<N, T>> {
  return { type, allowNull: allowNull ?? false };
}

export const id = <N extends boolean = false>(nullable?: N) =>
  column<string, N>(DataTypes.CHAR(36), nullable);
export const word = <N extends boolean = false>(length: number, nullable?: N) =>
  column<string, N>(DataTypes.STRING(length), nullable);
/** A string with a fixed set of values. */
export const oneOf = <T extends string>(length: number) => column<T>(DataTypes.STRING(length));
/** A calendar day, YYYY-MM-DD. */
export const day = <N extends boolean = false>(nullable?: N) =>
  column<string, N>(DataTypes.CHAR(10), nullable);
/** SHA-256, in hex. */
export const hash = <N extends boolean = false>(nullable?: N) =>
  column<string, N>(DataTypes.CHAR(64), nullable);
/** Milliseconds since 1970. */
export const instant = <N extends boolean = false>(nullable?: N) =>
  column<number, N>(DataTypes.BIGINT, nullable);
export const integer = <N extends boolean = false>(nullable?: N) =>
  column<number, N>(DataTypes.BIGINT, nullable);
export const small = () => column<number>(DataTypes.INTEGER);
export const flag = () => column<boolean>(DataTypes.BOOLEAN);
export const text = <N extends boolean = false>(nullable?: N) => column<string, N>(DataTypes.TEXT, nullable);
export const bytes = <N extends boolean = false>(size: 'medium' | 'long', nullable?: N) =>
  column<Buffer, N>(DataTypes.BLOB(size), nullable);
export const json = <T = unknown, N extends boolean = false>(nullable?: N): Column<Nullable<N, T>> => ({
  ...column<T, N>(DataTypes.TEXT('long'), nullable),
  json: true,
});
/** A column of the primary key. */
export const key = <T>(part: Column<T>): Column<T> => ({ ...part, primaryKey: true });
/** A column whose name differs from its attribute. */
export const named = <T>(field: string, of: Column<T>): Column<T> => ({ ...of, field });

/** A reference to another table's row. */
export const reference = <N extends boolean = false>(model: string, nullable?: N) => ({
  ...column<string, N>(DataTypes.CHAR(36), nullable),
  references: { model, key: 'id' },
});

/** The columns of every document. */
export const documentColumns = {
  id: key(id()),
  createdAt: instant(),
  updatedAt: instant(),
  writtenAt: instant(),
  seq: integer(),
};
