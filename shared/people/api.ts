import type { Role } from './schema.ts';

/** Response types of the API. */

export type OwnSession = {
  id: string;
  agent: string;
  createdAt: number;
  seenAt: number;
  current: boolean;
};

export type OwnSecurity = { sessions: OwnSession[]; totp: boolean; recoveryCodes: number };

/** The signed-in person. */
export type Me = { id: string; role: Role; name: string };
