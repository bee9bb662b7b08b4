import type { Fields } from '../engine/collection.ts';

/** The code of a late answer, which the device keeps until the author decides whether its e-mail is sent. */
export const answerHeld = 'answer-held';

/** Why the author must review an accepted document: the e-mail of a late answer is held. Null: no review is needed. */
export function reviewAnswer(collection: string, accepted: Fields): string | null {
  return collection === 'messages' && accepted['emailState'] === 'held' ? answerHeld : null;
}
