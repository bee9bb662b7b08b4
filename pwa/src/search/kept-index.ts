import { openDatabase, resultOf } from './open-database.ts';

/** The index is kept beside the databases of its replica, so that it is deleted with them. */
const nameOf = (replica: string) => `${replica}-search`;
const store = 'index';
const open = (replica: string) =>
  openDatabase(nameOf(replica), (database) => database.createObjectStore(store));

/** The index that was kept, or undefined. */
export async function loadIndex(replica: string): Promise<string | undefined> {
  const database = await open(replica);
  const found: unknown = await resultOf(database.transaction(store).objectStore(store).get(store));
  database.close();
  return typeof found === 'string' ? found : undefined;
}

export async function saveIndex(replica: string, text: string): Promise<void> {
  const database = await open(replica);
  await resultOf(database.transaction(store, 'readwrite').objectStore(store).put(text, store));
  database.close();
}
