import { DomainError } from '#shared/errors.ts';

/**
 * What a password must be: 8 to 128 characters (OWASP ASVS 6.2.1, 6.2.9), and none of those tried first. Nothing is
 * asked about its composition, nothing is cut off. Words of this installation and of the account are no good either.
 *
 * @param own names that others know: username, e-mail, the provider's name
 * @throws DomainError 'weak-password', its detail 'short', 'long' or 'common'
 */
export function checkPassword(password: string, own: readonly string[] = []): void {
  const length = [...password].length;
  if (length < 8) throw weak('short');
  if (length > 128) throw weak('long');
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

/** The words at the head of every published list of stolen passwords; digits and marks around them do not help. */
const common = new Set(
  `password passwort contrasena contraseña admin administrator welcome letmein iloveyou monkey dragon football
   baseball master sunshine princess superman batman shadow michael jordan trustno hunter killer charlie qwerty
   qwertyuiop qwertyui asdfghjkl asdfgh zxcvbnm changeme secret default guest login access starwars whatever
   computer internet samsung google facebook realmadrid barcelona tequiero teamo mariposa estrella
   1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx passw0rd p@ssw0rd p@ssword`.split(/\s+/),
);
