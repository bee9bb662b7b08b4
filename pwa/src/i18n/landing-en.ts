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
    ask: 'Ask us',
    askText: 'No account needed. We will answer by e-mail.',
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
