import type { Role } from './schema.ts';

type WithRole = { role: Role };

export function isClient<P extends WithRole>(person: P | null | undefined): person is P & { role: 'client' } {
  return person?.role === 'client';
}

/** Everybody who works for the provider. */
export function isStaff(person: WithRole | null | undefined): boolean {
  return person !== null && person !== undefined && person.role !== 'client';
}

export function isAdmin(person: WithRole | null | undefined): boolean {
  return person?.role === 'admin';
}
