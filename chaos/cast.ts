import type { Role } from '#shared/people/schema.ts';

/** The user of a replica: a person with a role, on one of their devices. */
export type Player = {
  index: number;
  login: string;
  role: Role;
  storage: 'memory' | 'dexie';
  device: string;
};

/**
 * The owners of the replicas, in this order. Four replicas have one role each. From six on, one person works
 * on two devices. From seven on, two people work in the technical queue.
 */
const logins: readonly (readonly [login: string, role: Role])[] = [
  ['client-1', 'client'],
  ['helpdesk-1', 'helpdesk'],
  ['accountant-1', 'accountant'],
  ['admin-1', 'admin'],
  ['client-2', 'client'],
  ['client-1', 'client'],
  ['helpdesk-2', 'helpdesk'],
  ['helpdesk-1', 'helpdesk'],
  ['admin-2', 'admin'],
  ['client-3', 'client'],
  ['accountant-2', 'accountant'],
  ['admin-1', 'admin'],
];

export function castOf(replicas: number): Player[] {
  return Array.from({ length: replicas }, (_, index): Player => {
    const round = Math.floor(index / logins.length);
    const [login, role] = logins[index % logins.length] ?? ['client-1', 'client'];
    return {
      index,
      login: round === 0 ? login : `${login}-${round}`,
      role,
      storage: index % 2 === 0 ? 'memory' : 'dexie',
      device: `chaos-${index}`,
    };
  });
}

/** The people behind the replicas, without duplicates. */
export function peopleOf(cast: readonly Player[]): { login: string; role: Role }[] {
  return [...new Map(cast.map(({ login, role }) => [login, { login, role }])).values()];
}

/**
 * The login of an admin who calls the API directly, without a replica. No command changes this account, so
 * there is always one working admin.
 */
export const adminLogin = 'desk';
export const password = 'correct horse';
