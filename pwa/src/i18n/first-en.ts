/** Errors that can occur on the sign-in page. The others are in auth-en.ts. */
export type FirstCode =
  | 'wrong-credentials'
  | 'too-many-tries'
  | 'too-many-requests'
  | 'signed-out'
  | 'code-needed'
  | 'wrong-code'
  | 'second-factor-required'
  | 'account-disabled'
  | 'invalid'
  | 'bad-request'
  | 'internal';

const errors: Record<FirstCode, string> = {
  invalid: 'The field “{field}” is not valid.',
  'wrong-credentials': 'Name or password is wrong.',
  'too-many-requests': 'Too many requests. Try again in a moment.',
  'too-many-tries': 'Too many tries. Try again in a moment.',
  'code-needed': 'Enter the code of your second factor.',
  'wrong-code': 'The code is wrong or was used before.',
  'second-factor-required': 'This account needs a second factor.',
  'account-disabled': 'The account is disabled. Its data was deleted from this device.',
  'signed-out': 'You are signed out.',
  'bad-request': 'The request is not valid.',
  internal: 'An error on the server.',
};

/** Texts of the sign-in page. Other texts are loaded with their pages. */
export const firstEn = {
  app: { name: 'CSTIMS' },
  nav: {
    label: 'Main',
    menu: 'Menu',
    home: 'Home',
    overview: 'Overview',
    inbox: 'Inbox',
    tickets: 'Tickets',
    catalogue: 'Services',
    orders: 'Orders',
    invoices: 'Invoices',
    billing: 'Billing',
    account: 'Account',
    people: 'People',
    announcements: 'Announcements',
    mail: 'Unmatched mail',
    outbox: 'E-mails',
    audit: 'Audit',
    settings: 'Settings',
    dark: 'Dark theme',
    light: 'Light theme',
    language: 'Español',
    signOut: 'Sign out',
    skip: 'Skip to content',
  },
  signIn: {
    title: 'Sign in',
    login: 'Username or e-mail',
    password: 'Password',
    submit: 'Sign in',
    offline: 'The server cannot be reached. Signing in needs a network.',
    empty: 'Enter a name and a password.',
    contact: 'Questions: {contact}',
    register: 'Create an account',
    forgot: 'Forgot the password?',
    code: 'Code of your app, or a recovery code',
    pages: { terms: 'Terms', privacy: 'Privacy', legal: 'Legal notice', paying: 'How to pay' },
  },
  common: {
    cancel: 'Cancel',
    close: 'Close',
    back: 'Back',
    dismiss: 'Dismiss',
    notFound: 'There is no such page.',
    gone: 'This is not on your device.',
    required: 'Enter a text.',
    save: 'Save',
    saved: 'Saved.',
    offline: 'The server cannot be reached; this needs a network.',
    asOf: 'The server cannot be reached. This is as of {time}.',
    loading: 'Loading…',
    all: 'All',
    more: 'More',
    retry: 'Try again',
    undo: 'Undo',
    toast: 'Message',
    toasts: 'Notifications (F8)',
    undone: 'Undone.',
  },
  errors,
};

export type FirstMessages = typeof firstEn;
