/** Texts about payment: QR code, credit and account statement. */
export const paymentsEn = {
  pay: {
    scan: 'Scan to pay',
    code: 'Payment code of {number}: {amount}',
    useCredit: 'Use credit of {amount}',
    creditUsed: 'Credit used.',
    refund: 'Book a refund',
    giveBack: 'Give {amount} back to credit',
    credit: 'Credit',
    statement: 'Statement',
    year: 'Year',
    opening: 'Balance before',
    closing: 'Balance',
    owed: 'to be paid',
    theirs: 'in your favour',
    invoice: 'Invoice {number}',
    correction: 'Correction {number}',
    payment: 'Payment of {number}',
    return: 'Returned of {number}',
    print: 'Print',
    entry: 'Entry',
    nothing: 'Nothing in this year.',
    age: 'Overdue for',
    days: '{from} to {to} days',
    over: '{from} days or more',
    anyAge: 'any time',
    state: 'Status',
    anyState: 'any status',
  },
};

export type PaymentsMessages = typeof paymentsEn;
