import { DataTypes, type ModelAttributeColumnOptions, type ModelAttributes } from 'sequelize';

/** The kinds of column there are. JSON is kept as text and parsed in documents/row.ts, never by the driver. */

const column = (
  type: ModelAttributeColumnOptions['type'],
  allowNull: boolean,
): ModelAttributeColumnOptions => ({
  type,
  allowNull,
});

export const id = (allowNull = false) => column(DataTypes.CHAR(36), allowNull);
export const key = () => ({ ...id(), primaryKey: true });
export const word = (length: number, allowNull = false) => column(DataTypes.STRING(length), allowNull);
export const day = (allowNull = false) => column(DataTypes.CHAR(10), allowNull);
export const hash = (allowNull = false) => column(DataTypes.CHAR(64), allowNull);
export const instant = (allowNull = false) => column(DataTypes.BIGINT, allowNull);
export const integer = (allowNull = false) => column(DataTypes.BIGINT, allowNull);
export const small = () => column(DataTypes.INTEGER, false);
export const flag = () => column(DataTypes.BOOLEAN, false);
export const text = (allowNull = false) => column(DataTypes.TEXT, allowNull);
export const json = (allowNull = false) => column(DataTypes.TEXT('long'), allowNull);

/** A reference to another table's row; `field` where the column cannot have the attribute's name. */
export const reference = (model: string, options: { allowNull?: boolean; field?: string } = {}) => ({
  ...column(DataTypes.CHAR(36), options.allowNull ?? false),
  ...(options.field ? { field: options.field } : {}),
  references: { model, key: 'id' },
});

/** What every document has. */
export const documentColumns: ModelAttributes = {
  id: key(),
  createdAt: instant(),
  updatedAt: instant(),
  writtenAt: instant(),
  seq: integer(),
};
