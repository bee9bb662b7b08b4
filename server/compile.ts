import { flushCompileCache } from 'node:module';

/** Loads what the server and its jobs are made of, so that their first start finds it compiled. See scripts/serve.sh. */
await Promise.all([
  import('./start.ts'),
  import('./invoices/pdf/draw-invoices.ts'),
  import('./invoices/make-invoices.ts'),
  import('./email/deliver.ts'),
]);
flushCompileCache();
process.exit();
