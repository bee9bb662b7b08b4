/** Texts about payment: QR code, credit and account statement. */
export const paymentsEn = {
  pay: {
    scan: 'Scan to pay',
    code: 'Payment code for {number}: {amount}',
    useCredit: 'Use credit of {amount}',
    creditUsed: 'Credit used.',
    refund: 'Book a refund',
    giveBack: 'Return {amount} to credit',
    credit: 'Credit',
    statement: 'Statement',
    year: 'Year',
    opening: 'Balance before',
    closing: 'Balance',
    owed: 'to be paid',
    theirs: 'in your favour',
    invoice: 'Invoice {number}',
    correction: 'Correction {number}',
    payment: 'Payment for {number}',
    return: 'Refund for {number}',
    print: 'Print',
    entry: 'Entry',
    nothing: 'Nothing in this year.',
    age: 'Overdue for',
    days: '{from} to {to} days',
    over: '{from} days or more',
    anyAge: 'Any age',
    state: 'Status',
    anyState: 'All statuses',
  },
};

export type PaymentsMessages = typeof paymentsEn;
