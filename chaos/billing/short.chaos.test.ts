import { expect, test } from 'vitest';
import { runBilling } from './run-billing.ts';

/* The short form of `npm run chaos:billing`. */

test(
  'runs in parallel, killed at every step, with papers, mail, database and clock failing: each charge once, no number missing, every PDF and letter there',
  { timeout: 240_000 },
  async () => {
    const { verdict, kills, steps, runs } = await runBilling({
      ...{ seed: 3, days: 12, clients: 5, json: true, keep: false },
    });
    const { missing, tooMuch, notAsIssued, lettersWrong } = verdict;
    expect({ missing, tooMuch, notAsIssued, lettersWrong }).toEqual({
      ...{ missing: [], tooMuch: [], notAsIssued: [], lettersWrong: [] },
    });
    // It can't pass by doing nothing.
    expect(steps.run).toBe(steps.of);
    expect(steps.database).toBeGreaterThan(1);
    expect(runs).toBeGreaterThan(15);
    expect(kills.runs).toBeGreaterThanOrEqual(steps.of);
    expect(kills.servers).toBeGreaterThan(3);
    expect(verdict.invoices).toBeGreaterThan(10);
    expect(verdict.papers).toBe(verdict.invoices);
  },
);
