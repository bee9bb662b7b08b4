/** Texts about the catalogue and prices, for visitors and for signed-in users. */
export const landingEn = {
  catalogue: {
    type: { premium: 'Premium', standard: 'Standard', free: 'Free' },
    typeText: {
      premium: 'Machines and networks of your own.',
      standard: 'Run by us, used by you.',
      free: 'At no charge.',
    },
    from: 'from',
    onRequest: 'Price on request',
    order: 'Order',
    orderThis: 'Order {name}',
  },
  orders: {
    per: { once: 'once', month: 'a month', quarter: 'a quarter', year: 'a year' },
    net: 'net',
    netOf: '{net} net',
    free: 'free',
  },
  landing: {
    title: 'Services and prices',
    ask: 'Ask us',
    askText: 'You need no account for that. We answer by e-mail.',
    write: 'Write to us',
    name: 'Your name',
    email: 'E-mail',
    subject: 'Subject',
    body: 'Message',
    send: 'Send',
    sent: 'It is sent. We answer to {email}.',
  },
};

export type LandingMessages = typeof landingEn;
