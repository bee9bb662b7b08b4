import type { Role } from '../people/schema.ts';

export const queues = ['technical', 'billing'] as const;
export type Queue = (typeof queues)[number];

/** The roles that work in a queue, in the order of assignment: an admin gets a ticket only if nobody else can. */
export const workersOf: Readonly<Record<Queue, readonly Role[]>> = {
  technical: ['helpdesk', 'admin'],
  billing: ['accountant', 'admin'],
};

/** The queues that a role works in. */
export function queuesOf(role: Role): Queue[] {
  return queues.filter((queue) => workersOf[queue].includes(role));
}

/** True if the role works in the queue. */
export function worksIn(queue: Queue, role: Role): boolean {
  return workersOf[queue].includes(role);
}

/** The default queue of new tickets and canned replies that a person of the role writes. */
export function usualQueueOf(role: Role): Queue {
  return role === 'accountant' ? 'billing' : 'technical';
}

/** The side of a thread on which a person writes. */
export function sideOf({ role }: { role: Role }): 'client' | 'staff' {
  return role === 'client' ? 'client' : 'staff';
}
