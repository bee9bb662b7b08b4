import js from '@eslint/js';
import prettier from 'eslint-config-prettier/flat';
import vue from 'eslint-plugin-vue';
import a11y from 'eslint-plugin-vuejs-accessibility';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Where each library lives, and where to go instead: said once, shown as the lint message. */
const homes = {
  rxdb: 'rxdb belongs to sync/replica and pwa/src/replica: ask for what you need through their composables.',
  sequelize:
    'sequelize belongs to server/{database,models,documents,effects,invoicing,accounts,mail,jobs,provider}: call a function there.',
  trpc: '@trpc/server belongs to sync/api and server/app.ts.',
  trpcClient: '@trpc/client belongs to sync/client/api-client.ts; pages use pwa/src/api.ts.',
  shared:
    'shared imports zod, temporal-polyfill, fast-equals, ibantools and jsvat-next, nothing else: no Node, no DOM, no server.',
};
const rxdb = { group: ['rxdb', 'rxdb/*'], message: homes.rxdb };
const sequelize = { group: ['sequelize', 'sequelize/*'], message: homes.sequelize };
const trpc = { group: ['@trpc/server', '@trpc/server/*'], message: homes.trpc };
const trpcClient = { group: ['@trpc/client'], message: homes.trpcClient };
const only = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });
/** Ways to a day that is the device's or that of UTC; what is due and what a price is go by the provider's. */
const daysOfTheDevice = [
  "CallExpression[callee.property.name=/^(slice|split|substring|substr)$/][callee.object.callee.property.name='toISOString']",
  "CallExpression[callee.property.name='toLocaleDateString']",
  'CallExpression[callee.property.name=/^get(FullYear|Month|Date|Day)$/]',
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "ImportSpecifier[imported.name='dayOf']",
].map((selector) => ({
  selector,
  message: 'Today is useToday() of stores/use-today.ts: the day of the provider.',
}));
const tests = ['**/*.test.ts', 'server/test/**', 'e2e/**'];

export default defineConfig(
  { ignores: ['**/dist', '.cache', 'data', 'test-results'] },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  vue.configs['flat/recommended'],
  a11y.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        parser: ts.parser,
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 320, skipBlankLines: false, skipComments: false }],
      'max-params': ['error', 3],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vuejs-accessibility/no-static-element-interactions': 'error',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },

  // vue-tsc checks the types of components; here template refs come as unresolved types.
  {
    files: ['**/*.vue'],
    rules: Object.fromEntries(
      [
        'no-unsafe-call',
        'no-unsafe-return',
        'no-unsafe-assignment',
        'unbound-method',
        'no-unsafe-member-access',
      ].map((rule) => [`@typescript-eslint/${rule}`, 'off']),
    ),
  },
  { files: tests, rules: { 'max-params': ['error', 4] } },
  { files: ['server/demo/demo-threads.ts'], rules: { 'max-lines': 'off' } }, // content, not code

  // The inner walls.
  {
    files: ['shared/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!(zod/mini|temporal-polyfill|fast-equals|ibantools|jsvat-next)$|\\.{1,2}/)',
              message: homes.shared,
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'window', 'document', 'crypto', 'setTimeout'],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "MemberExpression[object.name='Date'][property.name='now'], MemberExpression[object.name='Math'][property.name='random']",
          message: 'Time and chance come in as arguments.',
        },
      ],
    },
  },
  { files: ['sync/api/**/*.ts', 'sync/protocol.ts'], rules: only([rxdb, sequelize, trpcClient]) },
  { files: ['sync/replica/**/*.ts'], rules: only([sequelize, trpc]) },
  {
    files: ['server/**/*.ts'],
    ignores: [...tests, 'server/app.ts', 'server/context.ts'],
    rules: only([rxdb, trpc, trpcClient]),
  },
  {
    files: ['server/*.ts'],
    ignores: ['server/app.ts', 'server/context.ts'],
    rules: only([rxdb, sequelize, trpc, trpcClient]),
  },
  {
    files: ['pwa/src/**/*.{ts,vue}'],
    ignores: ['pwa/src/replica/**'],
    rules: only([rxdb, sequelize, trpc, trpcClient]),
  },
  {
    files: ['pwa/src/**/*.{ts,vue}'],
    ignores: ['pwa/src/session/use-today.ts', ...tests],
    rules: { 'no-restricted-syntax': ['error', ...daysOfTheDevice] },
  },
  {
    files: ['migrations/*.ts'],
    rules: only([
      {
        regex: '^(?!sequelize$)',
        message: 'A migration imports sequelize only: it is frozen once it has landed.',
      },
    ]),
  },
  {
    files: ['**/*.{ts,vue}'],
    ignores: [
      'shared/policy/**',
      'shared/collections/**',
      ...tests,
      'pwa/src/**',
      'server/documents/prepare/**',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "IfStatement > BinaryExpression[left.property.name='role']",
          message: 'Rights are rows of shared/policy.ts: ask the table.',
        },
      ],
    },
  },
  prettier,
);
