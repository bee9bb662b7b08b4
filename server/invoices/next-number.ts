import type { Day } from '#shared/billing/day.ts';
import { DomainError } from '#shared/errors.ts';
import { findRows } from '../models/rows.ts';
import { settings } from '../settings/settings.ts';
import type { Tx } from '../context.ts';

/** The refusal if today is before the date of the last invoice. Nothing is issued until the clock is right. */
export class ClockBehind extends DomainError {
  readonly today: Day;
  readonly last: Day;

  constructor(today: Day, last: Day) {
    super('clock-behind', 'date', `${today} < ${last}`);
    this.message = `the clock stands at ${today}, before the date of the last invoice (${last}): nothing is issued`;
    this.today = today;
    this.last = last;
  }
}

export type Series = 'A' | 'S' | 'R';

/**
 * Takes the next number of a series and year. Numbers have no gaps, because the row stays locked until the commit, and
 * dates never go back. The very first number of a series comes from the settings.
 *
 * @throws ClockBehind if `date` is before the date of the last number
 */
export async function nextNumber(tx: Tx, code: Series, date: Day): Promise<string> {
  const year = Number(date.slice(0, 4));
  const { models } = tx.server;
  const { transaction } = tx;
  await models.series.bulkCreate([{ code, year, firstNumber: 1, lastNumber: 0, lastDate: '' }], {
    ignoreDuplicates: true,
    transaction,
  });
  const all = await findRows(models.series, {
    where: { code },
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  const lastDate = all.reduce((latest, each) => (each.lastDate > latest ? each.lastDate : latest), '');
  if (date < lastDate) throw new ClockBehind(date, lastDate);
  const { firstNumbers } = await settings(tx.server, transaction);
  const firstNumber = lastDate === '' ? firstNumbers[code] : 1;
  const last = all.find((each) => each.year === year)?.lastNumber;
  if (last === undefined) throw new Error(`the series ${code} has no row of ${year}`);
  const number = last === 0 ? firstNumber : last + 1;
  const values = { lastNumber: number, lastDate: date, ...(last === 0 ? { firstNumber } : {}) };
  await models.series.update(values, { where: { code, year }, transaction });
  return `${code}${year}-${String(number).padStart(6, '0')}`;
}
