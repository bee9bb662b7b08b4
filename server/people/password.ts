import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default algorithm), 64 MiB, 3 passes: OWASP's recommendation for interactive sign-in. */
const options = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };
const current = '$argon2id$v=19$m=65536,t=3,p=1$';

/** A hash takes 64 MiB, so at most four run at once and the others wait. */
const atOnce = 4;
let running = 0;
const queue: (() => void)[] = [];
/** The hash that is compared for unknown names, so that the response takes as long as for known ones. */
let dummyHash: Promise<string> | null = null;

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, options));
}

/** Compares with a hash. Without one it compares with a dummy, which takes the same time, and returns false. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword(randomBytes(16).toString('hex'));
  const known = passwordHash ?? (await dummyHash);
  const right = await inTurn(() => verify(known, password));
  return right && passwordHash !== null;
}

/** True for a hash with outdated parameters. It is replaced at the next sign-in. */
export function isOutdated(passwordHash: string): boolean {
  return !passwordHash.startsWith(current);
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
