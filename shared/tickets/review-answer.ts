import type { Fields } from '../engine/collection.ts';

/** The code under which a device keeps an answer that was accepted late, until its author decides about its e-mail. */
export const answerHeld = 'answer-held';

/** Why the author must look at a document that was accepted: the e-mail about a late answer is held. */
export function reviewAnswer(collection: string, accepted: Fields): string | null {
  return collection === 'messages' && accepted['emailState'] === 'held' ? answerHeld : null;
}
