import { flushCompileCache } from 'node:module';

/** Loads the modules of the server and its jobs, so that their first start finds them compiled. See scripts/serve.sh. */
await Promise.all([
  import('./start.ts'),
  import('./invoices/pdf/draw-invoices.ts'),
  import('./invoices/pdf/draw-thread.ts'),
  import('./invoices/make-invoices.ts'),
  import('./email/deliver.ts'),
]);
flushCompileCache();
process.exit();
