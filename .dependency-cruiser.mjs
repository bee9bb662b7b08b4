/**
 * Who may import whom. `npm run check` runs these rules over the product, and over a planted violation of each
 * (scripts/imports.test.ts).
 *
 * In each list a folder may import itself and what comes before it. So no circle between folders can exist. What must
 * go the other way is a hook or a callback.
 */
const layers = {
  shared: [
    ['engine'],
    ['billing'],
    ['settings', 'announcements'],
    ['people'],
    ['services'],
    ['orders'],
    ['tickets'],
    ['files'],
    ['invoices'],
    ['collections.ts', 'errors.ts', 'ok.ts', 'procedures.ts'],
    ['policy.ts'],
    ['rights.ts'],
  ],
  server: [
    ['config.ts', 'limits', 'models', 'steps.ts'],
    ['context.ts'],
    ['database', 'trpc.ts'],
    ['email', 'jobs'],
    ['settings'],
    ['people'],
    ['files'],
    ['services'],
    ['orders'],
    ['invoices'],
    ['tickets'],
    ['announcements'],
    ['demo'],
    ['api', 'collections.ts', 'emails.ts', 'job-list.ts', 'metrics.ts'],
  ],
  pwa: [
    ['api.ts', 'i18n', 'new-id.ts', 'env.d.ts'],
    ['ui'],
    ['session'],
    ['replica'],
    ['auth', 'files', 'settings', 'search'],
    ['people'],
    ['services'],
    ['landing', 'invoices', 'announcements'],
    ['tickets'],
    ['links'],
    ['orders', 'admin'],
    ['sync-issues'],
    ['app'],
    ['routes.ts'],
    ['app.vue'],
    ['main.ts'],
  ],
};
const rootOf = { shared: 'shared', server: 'server', pwa: 'pwa/src' };

/** Tests and tools may import everything; nothing imports them. */
const tools =
  '(\\.test\\.ts$|^server/test/|^(e2e|bench|chaos|scripts)/|^sync/(test/|toy-collections\\.ts$|client/fake-server\\.ts$))';
/** The processes: they put the server together. */
const entries =
  '^server/(commands/|(main|start|serve|app|compile|open-server|render-email|worker-thread|[a-z-]+\\.job)\\.ts$)';
const npm = (name) => `^node_modules/${name}(/|$)`;
const isDirect = (folder, names) =>
  `^${folder}/(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(/|$)`;

const order = Object.entries(layers).flatMap(([area, list]) =>
  list.slice(0, -1).map((names, i) => ({
    name: `order-${area}-${names[0]}`,
    comment: `In ${area} the order is ${list.map((each) => each.join(', ')).join(' < ')}. A hook or a callback goes the other way.`,
    severity: 'error',
    from: { path: isDirect(rootOf[area], names), pathNot: tools },
    to: { path: isDirect(rootOf[area], list.slice(i + 1).flat()) },
  })),
);
/** Folders of one layer do not import each other. */
const beside = Object.entries(layers).flatMap(([area, list]) =>
  list
    .filter((names) => names.length > 1)
    .map((names) => ({
      name: `beside-${area}-${names[0]}`,
      comment: `${names.join(', ')} of ${area} do not import each other. Put them in an order in .dependency-cruiser.mjs.`,
      severity: 'error',
      from: {
        path: `^${rootOf[area]}/(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})(/|$)`,
        pathNot: tools,
      },
      to: { path: isDirect(rootOf[area], names), pathNot: '^(shared|server|pwa/src)/$1(/|$)' },
    })),
);

const wall = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    ...order,
    ...beside,
    {
      name: 'no-circles',
      comment: 'Two files do not import each other, directly or by way of others.',
      severity: 'error',
      from: { pathNot: '^pwa/src/routes\\.ts$' },
      to: { circular: true },
    },
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder or file beside these needs a place in the order, in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: '^(shared|server|pwa/src)/', pathNot: tools },
      to: {
        path: '^(shared|server|pwa/src)/',
        pathNot: [
          ...Object.entries(layers).map(([area, list]) => isDirect(rootOf[area], list.flat())),
          entries,
          '^pwa/src/worker/',
        ],
      },
    },
    wall(
      'shared-libraries',
      'shared is pure: zod, temporal-polyfill, fast-equals and ibantools; no Node, no DOM, no server.',
      { path: '^shared/', pathNot: tools },
      { pathNot: ['^shared/', npm('(zod|temporal-polyfill|fast-equals|ibantools)')] },
    ),
    wall(
      'sync-knows-no-noun',
      'sync imports shared/engine only. What a noun needs is a hook or an option.',
      { path: '^sync/', pathNot: tools },
      { path: '^(shared/(?!engine/)|server/|pwa/|migrations/)' },
    ),
    wall(
      'sync-ends-apart',
      'sync/client and sync/server meet in sync/protocol.ts. Only the type of the router crosses.',
      { path: '^sync/(client|server)/', pathNot: tools },
      { path: '^sync/(client|server)/', pathNot: ['^sync/$1/', '^sync/server/router\\.ts$'] },
    ),
    wall(
      'router-is-a-type-for-the-client',
      'sync/client imports the type of the sync router, never its code.',
      { path: '^sync/client/', pathNot: tools },
      { path: '^sync/server/', dependencyTypesNot: ['type-only'] },
    ),
    wall(
      'server-never-imports-the-app',
      'The server imports shared and sync; the app is built without it.',
      { path: '^server/', pathNot: tools },
      { path: '^(pwa|sync/client|e2e|bench|chaos|scripts)/' },
    ),
    wall(
      'app-sees-one-type-of-the-server',
      'The app imports `type AppRouter` of server/api/app-router.ts, nothing else of the server.',
      { path: '^pwa/', pathNot: tools },
      {
        path: '^(server|sync/server|migrations|e2e|bench|chaos|scripts)/',
        pathNot: '^server/api/app-router\\.ts$',
      },
    ),
    wall(
      'app-router-is-a-type',
      'Only the type AppRouter reaches the app.',
      { path: '^pwa/', pathNot: tools },
      { path: '^server/', dependencyTypesNot: ['type-only'] },
    ),
    wall(
      'ui-imports-nothing-of-the-app',
      'pwa/src/ui is components only.',
      { path: '^pwa/src/ui/', pathNot: tools },
      { path: '^(pwa/src/(?!ui/|i18n/)|sync/)' },
    ),
    wall(
      'migrations-are-frozen',
      'A migration imports sequelize only, so it never changes after it has landed.',
      { path: '^migrations/' },
      { pathNot: npm('sequelize') },
    ),
    wall(
      'tests-and-tools-are-imported-by-nobody',
      'Product code imports neither tests nor tools.',
      { path: '^(shared|sync|server|pwa|migrations)/', pathNot: tools },
      { path: tools },
    ),
    wall(
      'collections-and-policy-are-above-the-nouns',
      'Engines and jobs are given what they need of a noun.',
      { path: '^server/(email|jobs|database|models)/', pathNot: tools },
      { path: '^shared/(policy|rights|procedures)\\.ts$' },
    ),
    wall(
      'home-of-rxdb',
      'rxdb is used in sync/client and pwa/src/replica. Use their composables.',
      {
        path: '^(shared|sync|server|pwa|migrations)/',
        pathNot: [tools, '^sync/client/', '^pwa/src/replica/'],
      },
      { path: npm('(rxdb|dexie)') },
    ),
    wall(
      'home-of-sequelize',
      'sequelize is used in sync/server, in the server and in migrations, not in its api.',
      {
        path: '^(shared|sync|server|pwa)/',
        pathNot: [tools, '^sync/server/', '^server/(?!api/|trpc|app\\.ts)'],
      },
      { path: npm('sequelize') },
    ),
    wall(
      'home-of-trpc-server',
      '@trpc/server is used in trpc.ts, api/, app.ts, routers and sync/server/router.ts.',
      {
        path: '^(shared|sync|server|pwa)/',
        pathNot: [tools, '^server/(trpc|app)\\.ts$', '^server/api/', 'router\\.ts$'],
      },
      { path: npm('@trpc/server') },
    ),
    wall(
      'home-of-trpc-client',
      '@trpc/client is used in sync/client/api-client.ts. Pages use pwa/src/api.ts.',
      { path: '^(shared|sync|server|pwa)/', pathNot: [tools, '^sync/client/'] },
      { path: npm('@trpc/client') },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['import', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.vue', '.mjs', '.js'],
    },
  },
};
