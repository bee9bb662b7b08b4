import { theReplica, type Refusal } from '../replica/replica.ts';
import { changedFields } from './describe-write.ts';

/**
 * Sends kept writes again as they were, the oldest first. A new document keeps its id, so what belongs to it still does.
 * A change of a document that is no longer on this device, or of a kind that the person's role does not see, stays in the
 * list.
 */
export async function sendAgain(writes: readonly Refusal[]): Promise<void> {
  const replica = theReplica();
  const writtenAt = ({ mine }: Refusal) => Number(mine['writtenAt']);
  for (const { id, collectionName: name, document, mine, base } of writes.toSorted(
    (a, b) => writtenAt(a) - writtenAt(b),
  )) {
    if (!replica.has(name)) continue; // in the person's present role
    if (base) {
      if (!(await replica.collection(name).findOne(document).exec())) continue;
      const changes = Object.fromEntries(changedFields(mine, base).map((field) => [field, mine[field]]));
      await replica.patch(name, document, changes);
    } else {
      await replica.insertAgain(name, mine);
    }
    await replica.refusals.bulkRemove([id]);
  }
}
