import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** An announcement is signed by who makes it. */
export function prepareAnnouncement(unit: Unit, { before }: Write): Promise<Record<string, unknown>> {
  if (before) return Promise.resolve({});
  return Promise.resolve({ authorName: unit.writer.actor?.name ?? '', recent: -unit.now });
}
