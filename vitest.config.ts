import { defineConfig } from 'vitest/config';

const places = ['shared', 'sync', 'server', 'pwa', 'bench', 'scripts', 'chaos'];
const files = (ending: string) => places.map((folder) => `${folder}/**/*${ending}`);
const never = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'check',
          include: files('.test.ts'),
          exclude: [...never, '**/*.db.test.ts', '**/*.chaos.test.ts'],
        },
      },
      {
        test: {
          name: 'database',
          include: files('.db.test.ts'),
          exclude: never,
          globalSetup: 'server/test/mariadb.ts',
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // Nothing of the server is global: its modules are loaded once a process, not once a file.
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'faults',
          include: files('.chaos.test.ts'),
          exclude: never,
          globalSetup: 'server/test/mariadb.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          isolate: false,
          // More than as many as cores would make the machine itself the fault that is tested.
          maxWorkers: 2,
        },
      },
    ],
  },
});
