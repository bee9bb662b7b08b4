import { createHash } from 'node:crypto';
import { actionsOf } from './actions.ts';
import { castOf } from './cast.ts';
import { between, numbersOf, type Numbers } from './numbers.ts';

export const faultNames = ['net', 'server', 'db', 'mail', 'restore'] as const;
export type Fault = (typeof faultNames)[number];
export type Options = { replicas: number; seconds: number; seed: number; faults: readonly Fault[] };

/** A planned event: when (ms from the start), by whom, and the numbers that choose its targets and values. */
export type Decision = { at: number; actor: string; what: string; numbers: number[] };

/** The choices of one actor (repeated according to their weight) and the time between two of them. */
type Habit = { actor: string; choices: readonly string[]; everyMs: readonly [from: number, to: number] };

/** Computes the whole schedule before the run. It depends only on the options. */
export function scheduleOf(options: Options): Decision[] {
  const { seconds, seed } = options;
  const decisions = habitsOf(options).flatMap((habit) =>
    decisionsOf(habit, seconds * 1_000, numbersOf(seed, `${habit.actor} ${habit.choices.join()}`)),
  );
  return decisions.sort((a, b) => a.at - b.at || (a.actor < b.actor ? -1 : 1));
}

export function hashOf(schedule: readonly Decision[]): string {
  return createHash('sha256').update(JSON.stringify(schedule)).digest('hex').slice(0, 12);
}

function habitsOf({ replicas, faults }: Options): Habit[] {
  const cast = castOf(replicas);
  return [
    ...cast.flatMap(({ index, role, storage }): Habit[] => [
      {
        actor: `replica ${index}`,
        choices: actionsOf(role).flatMap(({ name, weight }) => Array<string>(weight).fill(name)),
        everyMs: [120, 380],
      },
      { actor: `replica ${index}`, choices: ['backlog'], everyMs: [5_000, 14_000] },
      ...(storage === 'dexie'
        ? [{ actor: `replica ${index}`, choices: ['reload'], everyMs: [4_000, 11_000] } as const]
        : []),
    ]),
    { actor: 'desk', choices: ['role'], everyMs: [5_000, 11_000] },
    { actor: 'desk', choices: ['end sessions'], everyMs: [3_000, 8_000] },
    { actor: 'desk', choices: ['disable'], everyMs: [7_000, 20_000] },
    ...faults.flatMap((fault) => faultHabits(fault, replicas)),
  ];
}

function faultHabits(fault: Fault, replicas: number): Habit[] {
  if (fault === 'net') {
    return Array.from({ length: replicas }, (_, index) => ({
      actor: `net ${index}`,
      choices: ['offline', 'offline', 'delay', 'lose answers', 'lose answers', 'cut'],
      everyMs: [1_500, 4_500],
    }));
  }
  if (fault === 'server') {
    return [
      { actor: 'server', choices: ['kill'], everyMs: [4_000, 9_000] },
      {
        actor: 'workers',
        choices: ['make-invoices', 'draw-invoices', 'send-emails'],
        everyMs: [1_500, 4_000],
      },
    ];
  }
  if (fault === 'db') return [{ actor: 'db', choices: ['kill'], everyMs: [5_000, 11_000] }];
  // One at a time: a backup is restored after at most 5 seconds.
  if (fault === 'restore') return [{ actor: 'restore', choices: ['a backup'], everyMs: [12_000, 20_000] }];
  return [{ actor: 'mail', choices: ['refuses', 'drops', 'is down'], everyMs: [2_000, 6_000] }];
}

function decisionsOf(
  { actor, choices, everyMs: [from, to] }: Habit,
  endMs: number,
  next: Numbers,
): Decision[] {
  const decisions: Decision[] = [];
  for (let at = between(next(), 0, to); at < endMs; at += between(next(), from, to)) {
    const what = choices[Math.floor(next() * choices.length)] ?? '';
    decisions.push({ at, actor, what, numbers: Array.from({ length: 4 }, next) });
  }
  return decisions;
}
