export const figuresEn = {
  recurring: 'Recurring each month, net',
  months: 'Issued and collected, with tax',
  month: 'Month',
  issued: 'Issued',
  collected: 'Collected',
  late: 'Overdue by age',
  age: 'Days late',
  open: 'Open',
  days: '{from} to {to} days',
  over: 'over 60 days',
  services: 'Income of twelve months by service',
  service: 'Service',
  net: 'Net',
  other: 'Other',
  noTerms: 'The terms and conditions are not published, so nobody can order anything that costs money.',
  publishTerms: 'Read and publish them',
  toSetUp: 'Orders to set up',
  unanswered: 'Tickets waiting for us',
  moneyToDo: 'Money to do',
  overdue: 'Overdue',
};

export type FiguresMessages = typeof figuresEn;
