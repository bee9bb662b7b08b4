import { theReplica } from '../replica/replica.ts';

/** Stores the decision of the author (or an admin) whether a held answer is mailed to the client. Works offline. */
export async function decideEmail(message: string, emailState: 'due' | 'dropped'): Promise<void> {
  const replica = theReplica();
  await replica.patch('messages', message, { emailState });
  const asked = await replica.refusals.find({ selector: { document: message, code: 'answer-held' } }).exec();
  await Promise.all(asked.map((each) => each.remove()));
}
