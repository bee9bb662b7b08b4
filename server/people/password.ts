import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default algorithm), 64 MiB, 3 passes: OWASP's recommendation for interactive sign-in. */
const options = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1 };
const current = '$argon2id$v=19$m=65536,t=3,p=1$';

/** 64 MiB each: at most four at once, the others queue. */
const atOnce = 4;
let running = 0;
const queue: (() => void)[] = [];
/** Compared where nobody has the name, so that the answer takes as long for unknown names as for known ones. */
let nobody: Promise<string> | null = null;

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, options));
}

/** Compares with a hash, or with nobody's where there is none: it takes the same time and is never right. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  nobody ??= hashPassword(randomBytes(16).toString('hex'));
  const known = passwordHash ?? (await nobody);
  const right = await inTurn(() => verify(known, password));
  return right && passwordHash !== null;
}

/** True for a hash made with other parameters than today's: it is made anew at the next sign-in. */
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
