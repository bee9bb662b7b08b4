import type { Transaction } from 'sequelize';

/**
 * A value that belongs to a transaction and ends with it. The rows of one push share a transaction, so what one of them has
 * read from the database the others need not read again.
 *
 * @returns a function that returns the value of a transaction, and creates it at the first call
 */
export function perTransaction<V>(create: () => V): (transaction: Transaction) => V {
  const values = new WeakMap<Transaction, { value: V }>();
  return (transaction) => {
    const known = values.get(transaction) ?? { value: create() };
    values.set(transaction, known);
    return known.value;
  };
}
