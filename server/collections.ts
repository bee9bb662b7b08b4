import type { HookRegistry } from './context.ts';
import { announcementHooks } from './announcements/hooks.ts';
import { fileHooks } from './files/hooks.ts';
import { invoiceHooks, moneyOfOrderHooks, paymentHooks, proofHooks } from './invoices/hooks.ts';
import { orderHooks } from './orders/hooks.ts';
import { personHooks } from './people/hooks.ts';
import { serviceHooks } from './services/hooks.ts';
import { messageHooks, readReceiptHooks, reassignHooks, ticketHooks } from './tickets/hooks.ts';

/**
 * The hook registry: what runs before and after writes of each collection. A folder imports only the folders of earlier
 * collections. If it must react to documents of an earlier one, its hooks are listed here, after that collection's own.
 */
export const hooks: HookRegistry = {
  people: [personHooks, reassignHooks],
  services: [serviceHooks],
  orders: [orderHooks, moneyOfOrderHooks],
  tickets: [ticketHooks],
  files: [fileHooks, proofHooks],
  messages: [messageHooks],
  invoices: [invoiceHooks],
  payments: [paymentHooks],
  readReceipts: [readReceiptHooks],
  cannedReplies: [],
  announcements: [announcementHooks],
};
