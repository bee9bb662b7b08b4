import { orders } from '#shared/orders/schema.ts';
import { defineHooks } from '../context.ts';
import { afterOrderWrite } from './after-write.ts';
import { applyScheduledOf } from './apply-scheduled.ts';
import { checkUndone } from './check-transition.ts';
import { deriveOrder } from './derive.ts';

export const orderHooks = defineHooks(orders, {
  derive: deriveOrder,
  afterWrite: afterOrderWrite,
  // Whatever is due by today is applied first, so that a push is compared with the order's current state.
  beforePush: applyScheduledOf,
  checkBase: checkUndone,
});
