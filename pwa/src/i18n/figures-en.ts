export const figuresEn = {
  recurring: 'Monthly recurring, excl. VAT',
  months: 'Issued and collected, incl. VAT',
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
  net: 'Excl. VAT',
  other: 'Other',
  noTerms: 'The terms and conditions have not been published, so clients cannot order paid services.',
  publishTerms: 'Review and publish',
  toSetUp: 'Orders to set up',
  unanswered: 'Tickets waiting for us',
  moneyToDo: 'Money to do',
  overdue: 'Overdue',
};

export type FiguresMessages = typeof figuresEn;
