import { createHash } from 'node:crypto';

/** A random number generator: returns numbers in [0, 1), the same sequence for the same seed. */
export type Numbers = () => number;

/** The mulberry32 generator: small, and the same seed gives the same numbers. */
export function seeded(seed: number): Numbers {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each actor has its own numbers, so that changing the list of faults does not change what the people do. */
export function numbersOf(seed: number, actor: string): Numbers {
  return seeded(createHash('sha256').update(`${seed} ${actor}`).digest().readInt32BE(0));
}

/** Returns the numbers of a decision, and after them a sequence seeded by the last one. */
export function numbersFrom(numbers: readonly number[]): Numbers {
  const rest = seeded(Math.floor((numbers.at(-1) ?? 0) * 4_294_967_296));
  let used = 0;
  return () => {
    const number = numbers[used];
    used += 1;
    return number ?? rest();
  };
}

export function between(number: number, from: number, to: number): number {
  return Math.floor(from + number * (to - from));
}

/** The list's element at a fraction (0 to 1) of its length; undefined for an empty list. */
export function oneOf<T>(list: readonly T[], number: number): T | undefined {
  return list[Math.floor(number * list.length)];
}
