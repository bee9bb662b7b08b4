import { createHash } from 'node:crypto';

/** Numbers in [0, 1), one after the other, always the same for one start. */
export type Numbers = () => number;

/** mulberry32: small, and the same numbers for the same seed. */
export function seeded(seed: number): Numbers {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Each actor has numbers of its own, so that another list of faults leaves what the people do as it was. */
export function numbersOf(seed: number, actor: string): Numbers {
  return seeded(createHash('sha256').update(`${seed} ${actor}`).digest().readInt32BE(0));
}

/** The numbers of a decision, and then others that follow from its last one. */
export function numbersFrom(given: readonly number[]): Numbers {
  const rest = seeded(Math.floor((given.at(-1) ?? 0) * 4_294_967_296));
  let used = 0;
  return () => {
    const number = given[used];
    used += 1;
    return number ?? rest();
  };
}

export function between(number: number, from: number, to: number): number {
  return Math.floor(from + number * (to - from));
}

/** One of a list, or undefined where it is empty. */
export function oneOf<T>(list: readonly T[], number: number): T | undefined {
  return list[Math.floor(number * list.length)];
}
