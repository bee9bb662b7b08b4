import type { Role } from '#shared/people/schema.ts';

/** Who works at a replica: a person of a role, on one of their devices. */
export type Player = {
  index: number;
  login: string;
  role: Role;
  storage: 'memory' | 'dexie';
  device: string;
};

/**
 * Whose the replicas are, in this order. Four have one role each; from six on somebody works at two devices, from
 * seven on two people work the technical queue.
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

/** The people behind the replicas, each once. */
export function peopleOf(cast: readonly Player[]): { login: string; role: Role }[] {
  return [...new Map(cast.map(({ login, role }) => [login, { login, role }])).values()];
}

/** Gives commands at the API beside the replicas: an admin that nothing is done to, so that there always is one. */
export const desk = 'desk';
export const password = 'correct horse';
