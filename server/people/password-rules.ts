import { DomainError } from '#shared/errors.ts';

/**
 * Checks a password: it has 8 to 128 characters (OWASP ASVS 6.2.1, 6.2.9) and is not one of those that attackers try
 * first. There are no rules about its composition, and it is never truncated. Names of this installation and of the
 * account are refused too.
 *
 * @param own names that others know: username, e-mail, the provider's name
 * @throws DomainError 'weak-password', its detail 'short', 'long' or 'common'
 */
export async function checkPassword(password: string, own: readonly string[] = []): Promise<void> {
  const length = [...password].length;
  if (length < 8) throw weak('short');
  if (length > 128) throw weak('long');
  const common = await (commonPasswords ??= readCommon());
  const plain = password.toLowerCase();
  const core = plain.replace(/[^a-z]/g, '');
  const repeats = /^(.{1,4})\1+$/.test(plain);
  const runs = '01234567890 9876543210 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz'.includes(
    plain,
  );
  if (repeats || runs || common.has(plain) || (common.has(core) && core.length >= plain.length - 4)) {
    throw weak('common');
  }
  const known = own.flatMap((name) => [name, ...name.split(/[@\s.]+/)]).filter((name) => name.length >= 4);
  if (known.some((name) => core === name.toLowerCase().replace(/[^a-z]/g, '') && core.length > 0)) {
    throw weak('common');
  }
}

function weak(why: 'short' | 'long' | 'common'): DomainError {
  return new DomainError('weak-password', 'password', why);
}

/**
 * Reads the passwords that attackers try first: the top of published lists of stolen ones (49,000 words; ASVS 6.2.4 asks
 * for 3,000), and words of this product and of Spanish that such lists lack. Digits and punctuation around a word do not
 * make it acceptable.
 */
async function readCommon(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const words =
    'contrasena contraseña administrador bienvenido realmadrid barcelona tequiero teamo mariposa estrella ' +
    'cstims arfnet hosting helpdesk accountant invoice factura';
  return new Set([...dictionary.passwords, ...words.split(' ')]);
}
/** Eight megabytes, so it is loaded when the first password is set. */
let commonPasswords: Promise<Set<string>> | null = null;
