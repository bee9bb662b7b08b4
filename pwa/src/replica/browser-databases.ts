/** The names of the browser's databases that hold the replica of this name. */
export async function databasesOf(replica: string): Promise<string[]> {
  const all = await indexedDB.databases();
  return all.flatMap(({ name }) => (name?.includes(replica) ? [name] : []));
}

/** RxDB empties its databases; this removes them. A database that another tab has open is removed when that tab closes. */
export async function deleteDatabases(names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map(
      (each) =>
        new Promise<void>((done) => {
          const request = indexedDB.deleteDatabase(each);
          request.onsuccess = request.onerror = request.onblocked = () => done();
        }),
    ),
  );
}
