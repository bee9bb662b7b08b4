import type { Role } from './schema.ts';

/** What the API answers. */

export type OwnSession = {
  id: string;
  agent: string;
  createdAt: number;
  seenAt: number;
  current: boolean;
};

export type OwnSecurity = { sessions: OwnSession[]; totp: boolean; recoveryCodes: number };

/** Who is signed in. */
export type Me = { id: string; role: Role; name: string };
