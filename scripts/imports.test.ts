import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* The rules of .dependency-cruiser.mjs hold for the product, and each of them is broken once by a planted import. */

type Rule = { name: string; from: { path?: string }; to: { path?: string } };
type Report = { summary: { violations: { from: string; to: string; rule: { name: string } }[] } };

const root = fileURLToPath(new URL('..', import.meta.url));
const config = (await import(join(root, '.dependency-cruiser.mjs'))) as { default: { forbidden: Rule[] } };
const rules = config.default.forbidden;
const folders = ['shared', 'sync', 'server', 'pwa/src', 'migrations'];

async function violationsIn(folder: string): Promise<string[]> {
  const cruise = promisify(execFile)(
    join(root, 'node_modules', '.bin', 'depcruise'),
    ['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...folders],
    { cwd: folder, maxBuffer: 2 ** 28 },
  );
  // The process ends with the number of violations.
  const { stdout } = await cruise.catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as Report; // written by dependency-cruiser
  return summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}

/** An import that each rule forbids: from which file, of which file or package. */
const planted: Record<string, [from: string, to: string]> = {
  'no-circles': ['shared/orders/one.ts', 'shared/orders/other.ts'],
  'every-folder-has-its-place': ['server/start.ts', 'server/utils/anything.ts'],
  'shared-libraries': ['shared/engine/digest.ts', 'express'],
  'sync-knows-no-noun': ['sync/server/push.ts', 'shared/orders/schema.ts'],
  'sync-ends-apart': ['sync/client/store.ts', 'sync/server/read.ts'],
  'router-is-a-type-for-the-client': ['sync/client/api-client.ts', 'sync/server/router.ts'],
  'server-never-imports-the-app': ['server/app.ts', 'pwa/src/routes.ts'],
  'app-sees-one-type-of-the-server': ['pwa/src/api.ts', 'server/context.ts'],
  'app-router-is-a-type': ['pwa/src/api.ts', 'server/api/app-router.ts'],
  'ui-imports-nothing-of-the-app': ['pwa/src/ui/app-button.vue', 'pwa/src/session/session.ts'],
  'migrations-are-frozen': ['migrations/first.ts', 'shared/orders/schema.ts'],
  'tests-and-tools-are-imported-by-nobody': ['server/app.ts', 'server/test/smtp.ts'],
  'collections-and-policy-are-above-the-nouns': ['server/email/outbox.ts', 'shared/policy.ts'],
  'home-of-rxdb': ['pwa/src/tickets/reply-box.vue', 'rxdb'],
  'home-of-sequelize': ['server/api/context.ts', 'sequelize'],
  'home-of-trpc-server': ['server/orders/derive.ts', '@trpc/server'],
  'home-of-trpc-client': ['pwa/src/orders/order-form.vue', '@trpc/client'],
};
for (const { name, from, to } of rules) {
  if (!/^(order|beside)-/.test(name)) continue;
  // The rule's own lists: `^shared/(a|b\.ts)(/|$)`.
  const [source, ...others] = namesIn(from.path);
  planted[name] = [source ?? '', (name.startsWith('order-') ? namesIn(to.path).at(-1) : others[0]) ?? ''];
}

function namesIn(pattern = ''): string[] {
  const [, folder, list = ''] = /^\^([\w/]+)\/\(([^)]*)\)/.exec(pattern) ?? [];
  return list.split('|').map((name) => {
    const path = `${folder}/${name.replaceAll('\\', '')}`;
    return /\.(ts|vue)$/.test(path) ? path : `${path}/planted.ts`;
  });
}

let folder = '';
let found: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cstims-imports-'));
  const files = new Map<string, string[]>();
  const imports = (path: string, target?: string) => {
    const lines = files.get(path) ?? [];
    files.set(path, target ? [...lines, target] : lines);
  };
  for (const [from, to] of Object.values(planted)) {
    imports(from, to);
    if (to.includes('/') && !to.startsWith('@')) imports(to);
    else imports(`node_modules/${to}/index.js`);
  }
  imports('shared/orders/other.ts', 'shared/orders/one.ts');
  imports('tsconfig.json');
  for (const [path, targets] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), sourceOf(path, targets));
  }
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true });
  found = await violationsIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sourceOf(path: string, targets: readonly string[]): string {
  if (path.endsWith('.json')) return '{}';
  const depth = path.split('/').length - 1;
  const specifier = (target: string) =>
    target.includes('/') && !target.startsWith('@') ? `${'../'.repeat(depth)}${target}` : target;
  const code = targets.map(
    (target, i) => `import { a as a${i} } from '${specifier(target)}';\nconsole.log(a${i});`,
  );
  const all = [...code, 'export const a = 1;'].join('\n');
  return path.endsWith('.vue') ? `<script setup lang="ts">\n${code.join('\n')}\n</script>\n` : all;
}

test('no import of the product breaks a rule', async () => {
  expect(await violationsIn(root)).toEqual([]);
}, 60_000);

test('every rule has a planted import', () => {
  const names = rules.map(({ name }) => name);
  expect(Object.keys(planted).toSorted()).toEqual(names.toSorted());
});

test.each(Object.entries(planted))('%s catches its planted import', (name, [from, to]) => {
  const target = to.includes('/') && !to.startsWith('@') ? to : `node_modules/${to}/index.js`;
  expect(found).toContain(`${name}: ${from} -> ${target}`);
});
