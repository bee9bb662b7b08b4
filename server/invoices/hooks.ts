import { files } from '#shared/files/schema.ts';
import { payments } from '#shared/invoices/payment-schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { orders } from '#shared/orders/schema.ts';
import { defineHooks } from '../context.ts';
import { afterInvoiceWrite } from './after-write-invoice.ts';
import { afterPaymentWrite } from './after-write-payment.ts';
import { billOrderChanges } from './after-order-write.ts';
import { notifyOfRefusedProof } from './after-proof-write.ts';
import { deriveInvoice } from './derive-invoice.ts';
import { derivePayment } from './derive-payment.ts';

export const invoiceHooks = defineHooks(invoices, { derive: deriveInvoice, afterWrite: afterInvoiceWrite });
export const paymentHooks = defineHooks(payments, { derive: derivePayment, afterWrite: afterPaymentWrite });
/** Bills price changes of orders. */
export const moneyOfOrderHooks = defineHooks(orders, { afterWrite: billOrderChanges });
export const proofHooks = defineHooks(files, { afterWrite: notifyOfRefusedProof });
