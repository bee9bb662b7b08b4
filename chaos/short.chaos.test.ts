import { expect, test } from 'vitest';
import { figuresOf } from './report.ts';
import { runChaos } from './run-chaos.ts';
import { faultNames, hashOf, scheduleOf } from './schedule.ts';

/* The short form of `npm run chaos`, long enough for every kind of fault to occur several times. */

const seeds = [11, 12];
/** A restore takes longer than a short run allows: `npm run chaos` has it among its faults. */
const faults = faultNames.filter((name) => name !== 'restore');

test.each(seeds)(
  'with network, server, database and mail failing, no write is lost or doubled, every device ends equal to the server, and every number and e-mail is right (seed %i)',
  { timeout: 180_000 },
  async (seed) => {
    const outcome = await runChaos({ replicas: 4, seconds: 12, seed, faults }, { healSeconds: 120 });
    const { verdict, why } = outcome;
    expect({ ...verdict, why }).toMatchObject({
      lost: [],
      doubled: [],
      divergent: [],
      numberGaps: [],
      emailsWrong: [],
      booksWrong: [],
      why: '',
    });
    const { writes, kills, documents, healedMs } = figuresOf(outcome);
    expect(healedMs).not.toBeNull();
    // The test must not pass because nothing happened.
    expect(writes).toBeGreaterThan(120);
    expect(documents).toBeGreaterThan(80);
    expect(kills).toBeGreaterThan(3);
    expect(outcome.lostAnswers).toBeGreaterThan(0);
  },
);

test('the same seed gives the same schedule, and another seed gives another one', () => {
  const hash = (seed: number) => hashOf(scheduleOf({ replicas: 4, seconds: 12, seed, faults: faultNames }));
  expect(hash(7)).toBe(hash(7));
  expect(hash(7)).not.toBe(hash(8));
});
