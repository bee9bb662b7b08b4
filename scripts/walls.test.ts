import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import vue from 'eslint-plugin-vue';
import ts from 'typescript-eslint';
import { expect, test } from 'vitest';

/* The rules of eslint.walls.js, each broken by planted code. */

const root = fileURLToPath(new URL('..', import.meta.url));
const wallsFile = new URL('../eslint.walls.js', import.meta.url).href;
const { walls } = (await import(wallsFile)) as { walls: Linter.Config[] };
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [
    ...vue.configs['flat/base'],
    { files: ['**/*.{ts,vue}'], languageOptions: { parserOptions: { parser: ts.parser } } },
    { files: ['**/*.ts'], languageOptions: { parser: ts.parser } },
    ...walls,
  ],
});

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map(({ message }) => message);
}

const inTemplate = '<template><p v-if="me.role === \'admin\'">x</p></template>';
const roles = /Do not compare roles/;
const days = /Today is useToday/;
const forbidden: [file: string, code: string, message: RegExp][] = [
  ['server/orders/planted.ts', "if (actor.role === 'admin') run();", roles],
  ['server/orders/planted.ts', "const isStaff = actor?.role !== 'client';", roles],
  ['server/orders/planted.ts', "const x = person && 'helpdesk' === person.role && y;", roles],
  ['server/orders/planted.ts', "const x = person?.role === 'accountant' ? 1 : 2;", roles],
  ['server/orders/planted.ts', "const x = ['admin', 'helpdesk'].includes(actor.role);", roles],
  ['server/orders/planted.ts', 'const x = staff.includes(actor?.role);', roles],
  ['server/orders/planted.ts', "const x = ({ role }) => role === 'client';", roles],
  ['server/orders/planted.ts', "switch (actor.role) { case 'admin': run(); }", roles],
  ['sync/server/planted.ts', "if (actor.role === 'admin') run();", roles],
  ['sync/client/planted.ts', "if (actor.role === 'admin') run();", roles],
  ['server/database/planted.ts', "if (actor.role === 'admin') run();", roles],
  ['pwa/src/orders/planted.ts', "const x = session.me?.role === 'client';", roles],
  [
    'pwa/src/orders/planted.vue',
    `<script setup lang="ts">\nconst x = me.role === 'client';\n</script>`,
    roles,
  ],
  ['pwa/src/orders/planted.vue', inTemplate, roles],
  ['pwa/src/orders/planted.ts', 'const day = new Date(at).toISOString().slice(0, 10);', days],
  ['pwa/src/orders/planted.ts', 'const day = new Date();', days],
  ['pwa/src/orders/planted.ts', 'const day = new Date(at).getDate();', days],
  ['pwa/src/orders/planted.ts', 'const day = new Date(at).toLocaleDateString();', days],
  ['pwa/src/orders/planted.ts', "import { dayOf } from '#shared/billing/period.ts';", days],
  ['shared/orders/planted.ts', 'const now = Date.now();', /Time is passed in/],
  ['shared/orders/planted.ts', 'const now = new Date();', /Time is passed in/],
  ['shared/orders/planted.ts', 'const n = Math.random();', /Chance is passed in/],
  ['shared/orders/planted.ts', 'const n = crypto.randomUUID();', /Unexpected use of 'crypto'/],
  ['shared/orders/planted.ts', 'const n = window.name;', /Unexpected use of 'window'/],
  ['server/orders/planted.ts', 'const now = Date.now();', /Time is passed in/],
  ['sync/server/planted.ts', 'const now = Date.now();', /Time is passed in/],
  ['server/demo/planted.ts', 'const now = Date.now();', /Time is passed in/],
  ['server/jobs/planted.ts', "const url = process.env['SMTP_URL'];", /config.ts alone/],
  ['server/database/planted.ts', "const url = process.env['PATH'];", /config.ts alone/],
  ['sync/client/planted.ts', "const url = process.env['PATH'];", /config.ts alone/],
];

test.each(forbidden)('%s: %s', async (file, code, message) => {
  expect(await complaints(file, code)).toContainEqual(expect.stringMatching(message));
});

test('code that keeps to the rules passes', async () => {
  expect(await complaints('server/orders/planted.ts', 'if (isAdmin(actor)) run(server.now());')).toEqual([]);
  expect(
    await complaints('shared/people/planted.ts', "const isClient = ({ role }) => role === 'client';"),
  ).toEqual([]);
  expect(
    await complaints('pwa/src/orders/planted.ts', 'const changed = before.role !== after.role;'),
  ).toEqual([]);
  expect(await complaints('server/config.ts', 'const env = process.env;')).toEqual([]);
});
