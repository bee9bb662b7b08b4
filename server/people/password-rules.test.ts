import { expect, test } from 'vitest';
import { checkPassword } from './password-rules.ts';

test.each([
  'short',
  'password',
  'Password123',
  '12345678',
  'qwertyuiop',
  'aaaaaaaa',
  'abababab',
  'Barcelona1',
  'x'.repeat(129),
])('ASVS 6.2.4 "%s" is refused as a password', async (password) => {
  await expect(checkPassword(password)).rejects.toThrow('weak-password: password');
});

test.each(['correct horse', 'ñandú en la red', '🙂🙂🙃🙂🙂🙃🙃🙂x', 'tom-demo-2'])(
  '"%s" is accepted as a password',
  async (password) => {
    await expect(checkPassword(password)).resolves.toBeUndefined();
  },
);
