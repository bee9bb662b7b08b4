import { setTimeout as sleep } from 'node:timers/promises';
import { desk as staffLogin, password } from './cast.ts';
import { openSession, type Session } from './session.ts';
import type { Role } from '#shared/people/schema.ts';

/** An admin at a page that says "try again" does, for a while. */
const mostTries = 6;
const betweenMs = 700;

/** What an admin does by commands: it meets the server at once, or not at all (then nothing is done). */
export type Inbox = {
  setRole: (id: string, role: Role) => Promise<boolean>;
  disable: (id: string) => Promise<boolean>;
  enable: (id: string) => Promise<boolean>;
  endSessions: (id: string) => Promise<boolean>;
  /** Who is disabled now. */
  disabled: () => string | null;
};

export function openStaff(url: string): Inbox {
  const session: Session = openSession(staffLogin, { url, address: '10.1.0.1' });
  let signedIn = false;
  let disabled: string | null = null;
  const proof = { password };
  const done = async (command: () => Promise<unknown>): Promise<boolean> => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      try {
        if (!signedIn) await session.signIn();
        signedIn = true;
        await command();
        return true;
      } catch {
        signedIn = false;
        await sleep(betweenMs);
      }
    }
    return false;
  };
  const { people } = session.api;
  return {
    setRole: (id, role) => done(() => people.setRole.mutate({ id, role, proof })),
    async disable(id) {
      if (disabled !== null) return false;
      // Its answer may be lost: it counts as disabled until it was enabled.
      disabled = id;
      return done(() => people.setStatus.mutate({ id, status: 'disabled', proof }));
    },
    async enable(id) {
      const isOpen = await done(() => people.setStatus.mutate({ id, status: 'verified', proof }));
      if (isOpen) disabled = null;
      return isOpen;
    },
    endSessions: (id) => done(() => people.endSessions.mutate({ id })),
    disabled: () => disabled,
  };
}
