// Prepares a fresh machine: `node scripts/ensure.mjs start|test`. Runs before `npm start` and `npm test`.
// `node scripts/ensure.mjs app` only installs the packages and builds the app, if that is not done yet. Plain
// JavaScript without dependencies, because it runs on whatever Node the machine has, before anything is
// installed.
import { buildApp, compileServer } from './ensure/app.mjs';
import { chromium, ensureBinary, mariadb } from './ensure/binaries.mjs';
import { at, fail, run } from './ensure/common.mjs';
import { installPackages } from './ensure/packages.mjs';

const purpose = process.argv[2] || 'start';
/** Only one process of a checkout installs or builds at a time. */
const lock = at('.cache', 'ensure.lock');

await installPackages(lock);
if (purpose !== 'app') {
  checkNode();
  if (!process.env.DATABASE_URL) ensureBinary('MariaDB', mariadb());
  if (purpose === 'test') ensureBinary('Chromium', chromium());
}
await buildApp(lock);
if (purpose === 'start') compileServer();

/**
 * Scripts get node_modules/.bin first in PATH. It holds the Node 24 of the lock file, if there is one for
 * this platform; otherwise the machine's own Node must be new enough.
 */
function checkNode() {
  const { stdout } = run('node', ['-p', 'process.versions.node']);
  const version = stdout.trim();
  if (Number(version.split('.')[0]) >= 24) return;
  fail(
    `Node 24 or later is needed, but scripts would get ${version || 'none'}. ` +
      `There is no bundled Node for ${process.platform}-${process.arch}: install Node 24 yourself.`,
  );
}
