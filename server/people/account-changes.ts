/** The changes of an account about which its owner gets an e-mail. */
export const accountChanges = [
  'password',
  'email',
  'username',
  'role',
  'identity',
  'disabled',
  'enabled',
  'totp-on',
  'totp-off',
  'recovery-codes',
  'device',
] as const;
export type AccountChange = (typeof accountChanges)[number];
