/**
 * Cleanup functions for what a bench started (processes, folders, connections). They run in reverse order,
 * whatever happened.
 */
const started: (() => unknown)[] = [];

export function atEnd(end: () => unknown): void {
  started.push(end);
}

export async function endAll(): Promise<void> {
  for (const end of started.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      console.error(error);
    }
  }
}
