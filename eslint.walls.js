/**
 * What the code of each area must not do, apart from imports (those are in .dependency-cruiser.mjs).
 * scripts/walls.test.ts plants a violation of each.
 *
 * `no-restricted-syntax` of a later block replaces that of an earlier one. So each file matches exactly one block here.
 */

const notTests = ['**/*.test.ts', 'server/test/**'];

const restrict = (rules) =>
  rules.map(({ selectors, message }) => ({ selector: selectors.join(', '), message }));

const role = '/^(client|helpdesk|accountant|admin)$/';
const isRole = (side) => [
  `[${side}.property.name='role']`,
  `[${side}.expression.property.name='role']`,
  `[${side}.name='role']`,
];
/** Who may do what is decided in shared: by the table of rights, or by a function with a name. */
const roles = {
  message: 'Do not compare roles here. Ask shared: rights.ts, people/role.ts or tickets/queues.ts.',
  selectors: [
    ...isRole('left').map((left) => `BinaryExpression[right.value=${role}]${left}`),
    ...isRole('right').map((right) => `BinaryExpression[left.value=${role}]${right}`),
    ...isRole('arguments.0').map(
      (argument) => `CallExpression[callee.property.name=/^(includes|indexOf)$/]${argument}`,
    ),
    ...isRole('discriminant').map((discriminant) => `SwitchStatement${discriminant}`),
  ],
};
const clock = {
  message: 'Time is passed in: server.now() or tx.now.',
  selectors: [
    "MemberExpression[object.name='Date'][property.name='now']",
    "NewExpression[callee.name='Date'][arguments.length=0]",
  ],
};
const chance = {
  message: 'Chance is passed in as an argument.',
  selectors: ["MemberExpression[object.name='Math'][property.name='random']"],
};
const environment = {
  message: 'server/config.ts alone reads the environment.',
  selectors: ["MemberExpression[object.name='process'][property.name='env']"],
};
/** Ways to a day of the device or of UTC. What is due, and which price is in force, go by the provider's day. */
const daysOfTheDevice = {
  message: 'Today is useToday() of session/use-today.ts: the day of the provider.',
  selectors: [
    "CallExpression[callee.property.name=/^(slice|split|substring|substr)$/][callee.object.callee.property.name='toISOString']",
    "CallExpression[callee.property.name='toLocaleDateString']",
    'CallExpression[callee.property.name=/^get(FullYear|Month|Date|Day)$/]',
    "NewExpression[callee.name='Date'][arguments.length=0]",
    "ImportSpecifier[imported.name='dayOf']",
  ],
};
const restricted = (...rules) => ({ 'no-restricted-syntax': ['error', ...restrict(rules)] });

const infrastructure = ['server/database/**', 'server/models/**'];

export const walls = [
  {
    files: ['shared/**/*.ts'],
    ignores: notTests,
    rules: {
      ...restricted(clock, chance, environment),
      'no-restricted-globals': ['error', 'process', 'Buffer', 'window', 'document', 'crypto', 'setTimeout'],
    },
  },
  { files: ['sync/server/**/*.ts'], ignores: notTests, rules: restricted(roles, clock, environment) },
  { files: ['sync/client/**/*.ts', 'sync/*.ts'], ignores: notTests, rules: restricted(roles, environment) },
  {
    files: ['server/**/*.ts'],
    ignores: [...notTests, ...infrastructure, 'server/demo/**', 'server/config.ts', 'server/open-server.ts'],
    rules: restricted(roles, clock, environment),
  },
  {
    files: infrastructure.map((folder) => `${folder}/*.ts`),
    ignores: notTests,
    rules: restricted(roles, environment),
  },
  { files: ['server/demo/**/*.ts'], ignores: notTests, rules: restricted(clock, environment) },
  {
    files: ['pwa/src/**/*.{ts,vue}'],
    ignores: [...notTests, 'pwa/src/session/use-today.ts'],
    rules: {
      ...restricted(roles, daysOfTheDevice),
      'vue/no-restricted-syntax': ['error', ...restrict([roles])],
    },
  },
];
