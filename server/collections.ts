import type { HookRegistry } from './context.ts';
import { announcementHooks } from './announcements/hooks.ts';
import { fileHooks } from './files/hooks.ts';
import { invoiceHooks, moneyOfOrderHooks, paymentHooks, proofHooks } from './invoices/hooks.ts';
import { orderHooks } from './orders/hooks.ts';
import { personHooks } from './people/hooks.ts';
import { serviceHooks } from './services/hooks.ts';
import { messageHooks, readReceiptHooks, reassignHooks, ticketHooks } from './tickets/hooks.ts';

/**
 * The registry: what the product does before and after writes of each collection. Nouns know only those before them, so
 * what a later noun does about a document of an earlier one is listed here, behind the hooks of its own noun.
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
