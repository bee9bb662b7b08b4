import { Op, type WhereOptions } from 'sequelize';

/**
 * "The column contains this text", with the text's own wildcards taken literally. A column of ASCII is not compared
 * with anything else: MariaDB refuses to mix the collations.
 *
 * @param columns of any letters · @param asciiColumns of ASCII only
 */
export function containsIn(text: string, columns: string[], asciiColumns: string[]): WhereOptions {
  const like = { [Op.like]: `%${text.replace(/[\\%_]/g, '\\$&')}%` };
  const isAscii = /^[\x20-\x7e]*$/.test(text);
  return { [Op.or]: [...columns, ...(isAscii ? asciiColumns : [])].map((column) => ({ [column]: like })) };
}
