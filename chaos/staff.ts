import { setTimeout as sleep } from 'node:timers/promises';
import { adminLogin, password } from './cast.ts';
import { openSession, type Session } from './session.ts';
import type { Role } from '#shared/people/schema.ts';

/** Like an admin whose page says "try again", a failed command is retried for a while. */
const maxTries = 6;
const betweenMs = 700;

/** Commands of an admin. Each either succeeds at the server within a few tries or does nothing. */
export type AdminCommands = {
  setRole: (id: string, role: Role) => Promise<boolean>;
  disable: (id: string) => Promise<boolean>;
  enable: (id: string) => Promise<boolean>;
  endSessions: (id: string) => Promise<boolean>;
  /** The id of the person who is disabled now, or null. */
  disabled: () => string | null;
};

export function openStaff(url: string): AdminCommands {
  const session: Session = openSession(adminLogin, { url, address: '10.1.0.1' });
  let signedIn = false;
  let disabled: string | null = null;
  const proof = { password };
  const attempt = async (command: () => Promise<unknown>): Promise<boolean> => {
    for (let tries = 0; tries < maxTries; tries += 1) {
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
    setRole: (id, role) => attempt(() => people.setRole.mutate({ id, role, proof })),
    async disable(id) {
      if (disabled !== null) return false;
      // The answer may be lost, so the account counts as disabled until it is enabled again.
      disabled = id;
      return attempt(() => people.setStatus.mutate({ id, status: 'disabled', proof }));
    },
    async enable(id) {
      const isOpen = await attempt(() => people.setStatus.mutate({ id, status: 'verified', proof }));
      if (isOpen) disabled = null;
      return isOpen;
    },
    endSessions: (id) => attempt(() => people.endSessions.mutate({ id })),
    disabled: () => disabled,
  };
}
