import { orders } from '#shared/orders/schema.ts';
import { defineHooks } from '../context.ts';
import { afterOrderWrite } from './after-write.ts';
import { applyScheduledOf } from './apply-scheduled.ts';
import { checkUndone } from './check-transition.ts';
import { deriveOrder } from './derive.ts';

export const orderHooks = defineHooks(orders, {
  derive: deriveOrder,
  afterWrite: afterOrderWrite,
  // What the order was to do by today is done first: a push is compared with what the order is by now.
  beforePush: applyScheduledOf,
  checkBase: checkUndone,
});
