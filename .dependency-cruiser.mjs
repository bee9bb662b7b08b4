/** Who may import whom. `npm run check` runs it (scripts/walls.test.ts plants a violation of each rule and sees it fail). */

/** In this order: a noun imports from itself and from those before it. What must go back is a hook. */
const serverNouns = ['settings', 'people', 'files', 'services', 'orders', 'invoices', 'tickets', 'announcements'];
/** What tests, demo data and tools import is their own matter; product code imports none of them. */
const notProduct = '(\\.test\\.ts$|^server/(test|demo)/|^e2e/|^bench/|^chaos/|^scripts/|^sync/(toy-collections|client/fake-server)\\.ts$)';

const from = (path, pathNot = []) => ({ path, pathNot: [notProduct, ...pathNot] });

export default {
  forbidden: [
    {
      name: 'no-circles-between-folders',
      comment: 'Folders (two levels deep) do not import each other in a circle: move what both need, or make it a hook.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'types'], exportsFields: ['exports'], extensions: ['.ts', '.vue', '.mjs', '.js'] },
  },
};
