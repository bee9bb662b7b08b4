/** Texts about the catalogue and prices, for visitors and for signed-in users. */
export const landingEn = {
  catalogue: {
    type: { premium: 'Premium', standard: 'Standard', free: 'Free' },
    typeText: {
      premium: 'Your own servers and networks.',
      standard: 'Managed by us, ready to use.',
      free: 'Free of charge.',
    },
    from: 'from',
    onRequest: 'Price on request',
    chosen: 'Chosen',
    unit: 'Billing period',
    range: '{min} to {max}, in steps of {step}',
    offStep: 'Choose one of the allowed values.',
    order: 'Order',
    orderThis: 'Order {name}',
  },
  orders: {
    per: { once: 'once', month: 'a month', quarter: 'a quarter', year: 'a year' },
    net: 'excl. VAT',
    netOf: '{net} excl. VAT',
    free: 'free',
  },
  landing: {
    title: 'Services and prices',
    services: 'All services and prices',
    withTax:
      'Prices include {percent} % VAT. In other countries, and for businesses, it may differ. You see it before you order.',
    configure: 'Choose and see the price',
    continue: 'Continue',
    kept: 'No account needed yet. Your choice is kept while you create one.',
    ask: 'Not sure what you need?',
    askText: 'Tell us what you want to run. We answer by e-mail, and you need no account.',
    write: 'Write to us',
    name: 'Your name',
    email: 'E-mail',
    subject: 'Subject',
    body: 'Message',
    send: 'Send',
    sent: 'Message sent. We will reply to {email}.',
  },
};

export type LandingMessages = typeof landingEn;
