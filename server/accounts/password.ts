import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default algorithm), 64 MiB, 3 passes: OWASP's recommendation for interactive sign-in. */
const options = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };

/** 64 MiB each: at most four at once, the others queue. */
const atOnce = 4;
let running = 0;
const queue: (() => void)[] = [];

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, options));
}

export function verifyPassword(passwordHash: string, password: string): Promise<boolean> {
  return inTurn(() => verify(passwordHash, password));
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) await new Promise<void>((next) => queue.push(next));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    queue.shift()?.();
  }
}
