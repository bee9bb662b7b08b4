import { flushCompileCache } from 'node:module';

/** Loads what the server and its jobs are made of, so that their first start finds it compiled. See scripts/serve.sh. */
await Promise.all([
  import('./start.ts'),
  import('./invoicing/draw-invoices.ts'),
  import('./invoicing/make-invoices.ts'),
  import('./mail/deliver.ts'),
]);
flushCompileCache();
process.exit();
