import { Op, type WhereOptions } from 'sequelize';

/**
 * Returns the condition that one of the columns contains this text. Wildcards in the text are matched literally. An
 * ASCII column is compared only with ASCII text, because MariaDB refuses to mix the collations.
 *
 * @param columns columns that hold any characters
 * @param asciiColumns columns that hold only ASCII
 */
export function containsIn(text: string, columns: string[], asciiColumns: string[]): WhereOptions {
  const like = { [Op.like]: `%${text.replace(/[\\%_]/g, '\\$&')}%` };
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  return { [Op.or]: [...columns, ...(isAscii ? asciiColumns : [])].map((column) => ({ [column]: like })) };
}
