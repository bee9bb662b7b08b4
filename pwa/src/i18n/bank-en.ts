export const bankEn = {
  text: 'A CSV file from your bank. Nothing is booked before you confirm it, and no line twice.',
  file: 'Bank statement',
  unusable: 'This is no file with columns, such as banks write them.',
  columns: { day: 'Day', amount: 'Amount', payer: 'Payer', text: 'Text' },
  none: 'none',
  read: '{lines} payments came in; {booked} of them are booked already.',
  unread: '{n} row has no day or amount. | {n} rows have no day or amount.',
  fitting: 'These fit an invoice',
  why: { number: 'its number', payer: 'payer and amount', amount: 'only the amount' },
  book: 'Book {n} line | Book {n} lines',
  done: '{n} line booked. | {n} lines booked.',
  others: 'These fit none',
  othersText: 'Book them by hand on the page of their invoice.',
};

export type BankMessages = typeof bankEn;
