import { fileURLToPath } from 'node:url';
import { serve } from '../server/serve.ts';

// The product's server, but its jobs stop at the step that STOP_AT names.
await serve(fileURLToPath(new URL('../server/test/stepping-thread.ts', import.meta.url)));
