import { theReplica } from '../replica/replica.ts';

/** Its author (or an admin) says whether an answer that was held is mailed to the client; works offline too. */
export async function decideEmail(message: string, emailState: 'due' | 'dropped'): Promise<void> {
  const replica = theReplica();
  await replica.patch('messages', message, { emailState });
  const asked = await replica.refusals.find({ selector: { document: message, code: 'answer-held' } }).exec();
  await Promise.all(asked.map((each) => each.remove()));
}
