import type { Role } from '../people/schema.ts';

export const queues = ['technical', 'billing'] as const;
export type Queue = (typeof queues)[number];

/** The roles that work a queue, in the order in which they get its tickets: an admin gets one if nobody else can. */
export const workersOf: Readonly<Record<Queue, readonly Role[]>> = {
  technical: ['helpdesk', 'admin'],
  billing: ['accountant', 'admin'],
};

/** The queues that a role works. */
export function queuesOf(role: Role): Queue[] {
  return queues.filter((queue) => workersOf[queue].includes(role));
}

/** The side of a thread that a person writes on. */
export function sideOf({ role }: { role: Role }): 'client' | 'staff' {
  return role === 'client' ? 'client' : 'staff';
}
