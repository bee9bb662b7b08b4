import { expect, test } from 'vitest';
import { runBilling } from './run-billing.ts';

/* The short form of `npm run chaos:billing`. */

test(
  'parallel runs that are killed at every step, with files, mail, database and clock failing, make each charge once and leave no gap in numbers, PDFs or e-mails; what two accountants wrote offline is booked once',
  { timeout: 240_000 },
  async () => {
    const { verdict, kills, steps, runs, plans, accountants } = await runBilling({
      seed: 3,
      days: 12,
      clients: 5,
      json: true,
      keep: false,
    });
    const { missing, tooMuch, notAsIssued, emailsWrong, booksWrong } = verdict;
    expect({ missing, tooMuch, notAsIssued, emailsWrong, booksWrong }).toEqual({
      missing: [],
      tooMuch: [],
      notAsIssued: [],
      emailsWrong: [],
      booksWrong: [],
    });
    // The test must not pass because nothing happened.
    expect(steps.run).toBe(steps.of);
    expect(steps.database).toBeGreaterThan(1);
    expect(runs).toBeGreaterThan(15);
    expect(kills.runs).toBeGreaterThanOrEqual(steps.of);
    expect(kills.servers).toBeGreaterThan(3);
    expect(verdict.invoices).toBeGreaterThan(10);
    expect(verdict.files).toBe(verdict.invoices);
    expect(plans.started).toBeGreaterThan(2);
    expect(plans.startedUnwritten).toBeGreaterThan(0);
    expect(plans.released).toBeGreaterThan(2);
    expect(accountants.accepted).toBeGreaterThan(15);
    expect(accountants.refused).toBeGreaterThan(1);
  },
);
