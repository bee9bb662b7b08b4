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
  invalid: 'Check “{field}”: this value is not valid.',
  'wrong-credentials': 'Wrong username or password.',
  'too-many-requests': 'Too many requests. Try again in a moment.',
  'too-many-tries': 'Too many attempts. Try again in a few minutes.',
  'code-needed': 'Enter the code from your authenticator app.',
  'wrong-code': 'This code is wrong or was already used.',
  'second-factor-required': 'This account needs two-factor authentication.',
  'account-disabled': 'This account is disabled. Its data was deleted from this device.',
  'signed-out': 'You are signed out.',
  'bad-request': 'The request was not valid. Reload the page.',
  internal: 'Something went wrong on the server. Try again.',
};

/** Texts of the sign-in page. Other texts are loaded with their pages. */
export const firstEn = {
  app: { name: 'CSTIMS' },
  nav: {
    dark: 'Dark theme',
    light: 'Light theme',
    language: 'Español',
    skip: 'Skip to content',
  },
  signIn: {
    title: 'Sign in',
    login: 'Username or e-mail',
    password: 'Password',
    submit: 'Sign in',
    offline: 'Cannot reach the server. You need a connection to sign in.',
    empty: 'Enter your username and password.',
    contact: 'Questions: {contact}',
    register: 'Create an account',
    forgot: 'Forgot your password?',
    code: 'Code from your app, or a recovery code',
    pages: { terms: 'Terms', privacy: 'Privacy', legal: 'Legal notice', paying: 'How to pay' },
  },
  common: {
    close: 'Close',
    back: 'Back',
    notFound: 'Page not found.',
    required: 'Fill in this field.',
    offline: 'Cannot reach the server. This needs a connection.',
    asOf: 'Cannot reach the server. Last updated {time}.',
    undo: 'Undo',
    toast: 'Message',
    toasts: 'Notifications (F8)',
  },
  errors,
};

export type FirstMessages = typeof firstEn;
