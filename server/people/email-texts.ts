import { emailIn, type Frame, type Email } from '../email/compose.ts';

/** E-mails about accounts. Links carry their token behind #, which browsers send to no server and no log. */

const hours = { verify: 48, reset: 2, invite: 168 } as const;

/** To somebody who registered: prove that the address is yours. */
export function verifyEmail(frame: Frame, { username, token }: { username: string; token: string }): Email {
  const path = `/verify#${token}`;
  return emailIn(frame, {
    en: {
      subject: `Confirm your e-mail address for ${frame.provider}`,
      paragraphs: [
        `Somebody, most likely you, registered "${username}" at ${frame.provider} with this address.`,
        `The link is good once, for ${hours.verify} hours. If it was not you, do nothing: the account goes by itself.`,
      ],
      link: { text: 'Confirm the address', path },
    },
    es: {
      subject: `Confirme su dirección de correo para ${frame.provider}`,
      paragraphs: [
        `Alguien, seguramente usted, se ha registrado como «${username}» en ${frame.provider} con esta dirección.`,
        `El enlace sirve una vez, durante ${hours.verify} horas. Si no ha sido usted, no haga nada: la cuenta desaparece sola.`,
      ],
      link: { text: 'Confirmar la dirección', path },
    },
  });
}

/** To the new address of an account that wants to change it. */
export function confirmEmail(frame: Frame, { username, token }: { username: string; token: string }): Email {
  const path = `/confirm-email#${token}`;
  return emailIn(frame, {
    en: {
      subject: `Confirm the new e-mail address of ${username}`,
      paragraphs: [
        `The account "${username}" at ${frame.provider} is to use this address. The link is good once, for ${hours.verify} hours.`,
      ],
      link: { text: 'Use this address', path },
    },
    es: {
      subject: `Confirme la nueva dirección de ${username}`,
      paragraphs: [
        `La cuenta «${username}» de ${frame.provider} va a usar esta dirección. El enlace sirve una vez, durante ${hours.verify} horas.`,
      ],
      link: { text: 'Usar esta dirección', path },
    },
  });
}

/** To the owner of an address with which somebody tried to register again. */
export function emailKnown(frame: Frame, { username }: { username: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `You already have an account at ${frame.provider}`,
      paragraphs: [
        `Somebody, perhaps you, wanted to use this address for an account. It has one already: "${username}".`,
        'If you forgot the password you can set a new one. If it was not you, do nothing: nothing was changed.',
      ],
      link: { text: 'Set a new password', path: '/forgot-password' },
    },
    es: {
      subject: `Ya tiene una cuenta en ${frame.provider}`,
      paragraphs: [
        `Alguien, quizá usted, ha querido usar esta dirección para una cuenta. Ya tiene una: «${username}».`,
        'Si ha olvidado la contraseña, puede poner otra. Si no ha sido usted, no haga nada: nada ha cambiado.',
      ],
      link: { text: 'Poner otra contraseña', path: '/forgot-password' },
    },
  });
}

/** To the admins: a client registered, or proved their address. */
export function personRegistered(frame: Frame, { name, email }: { name: string; email: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `Registered: ${name}`,
      paragraphs: [`${name} (${email}) registered. The address is not confirmed yet.`],
      link: { text: 'See people', path: '/people' },
    },
    es: {
      subject: `Registro: ${name}`,
      paragraphs: [`${name} (${email}) se ha registrado. La dirección aún no está confirmada.`],
      link: { text: 'Ver personas', path: '/people' },
    },
  });
}

/** To the admins: the address of a new account is confirmed. */
export function personVerified(frame: Frame, { name, email }: { name: string; email: string }): Email {
  return emailIn(frame, {
    en: {
      subject: `Confirmed: ${name}`,
      paragraphs: [`${name} (${email}) confirmed the address and can sign in.`],
      link: { text: 'See people', path: '/people' },
    },
    es: {
      subject: `Confirmado: ${name}`,
      paragraphs: [`${name} (${email}) ha confirmado la dirección y puede entrar.`],
      link: { text: 'Ver personas', path: '/people' },
    },
  });
}

/** To who forgot the password. */
export function passwordReset(
  frame: Frame,
  { username, token }: { username: string; token: string },
): Email {
  const path = `/set-password#${token}`;
  return emailIn(frame, {
    en: {
      subject: `Set a new password for ${frame.provider}`,
      paragraphs: [
        `Somebody, most likely you, asked for a new password of "${username}". The link is good once, for ${hours.reset} hours.`,
        'If it was not you, do nothing: the old password stays.',
      ],
      link: { text: 'Set a new password', path },
    },
    es: {
      subject: `Ponga otra contraseña para ${frame.provider}`,
      paragraphs: [
        `Alguien, seguramente usted, ha pedido otra contraseña para «${username}». El enlace sirve una vez, durante ${hours.reset} horas.`,
        'Si no ha sido usted, no haga nada: la contraseña sigue siendo la misma.',
      ],
      link: { text: 'Poner otra contraseña', path },
    },
  });
}

/** To somebody for whom an admin made an account. */
export function invitation(frame: Frame, { username, token }: { username: string; token: string }): Email {
  const path = `/set-password#${token}`;
  return emailIn(frame, {
    en: {
      subject: `Your account at ${frame.provider}`,
      paragraphs: [
        `${frame.provider} made an account for you. Your username is "${username}".`,
        `Set your password to begin. The link is good once, for ${hours.invite / 24} days.`,
      ],
      link: { text: 'Set your password', path },
    },
    es: {
      subject: `Su cuenta en ${frame.provider}`,
      paragraphs: [
        `${frame.provider} le ha creado una cuenta. Su nombre de usuario es «${username}».`,
        `Ponga su contraseña para empezar. El enlace sirve una vez, durante ${hours.invite / 24} días.`,
      ],
      link: { text: 'Poner la contraseña', path },
    },
  });
}

/** What can change of an account; the order is what outbox rows name, so new ones go at the end. */
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

const changeWords: Record<Frame['language'], Record<AccountChange, string>> = {
  en: {
    password: 'The password was changed. All other sessions were ended.',
    email: 'The e-mail address was changed.',
    username: 'The username was changed.',
    role: 'The role was changed; what you see in the app follows it.',
    identity: 'The billing identity was changed.',
    disabled: 'The account was disabled. Its data is deleted from your devices.',
    enabled: 'The account was enabled again.',
    'totp-on': 'A second factor was set up.',
    'totp-off': 'The second factor was removed.',
    'recovery-codes': 'New recovery codes were made; the old ones are void.',
    device: 'Somebody signed in from a device that was not used before.',
  },
  es: {
    password: 'La contraseña ha cambiado. Todas las demás sesiones se han cerrado.',
    email: 'La dirección de correo ha cambiado.',
    username: 'El nombre de usuario ha cambiado.',
    role: 'El papel de la cuenta ha cambiado; lo que ve en la aplicación lo sigue.',
    identity: 'Los datos de facturación han cambiado.',
    disabled: 'La cuenta se ha desactivado. Sus datos se borran de sus dispositivos.',
    enabled: 'La cuenta se ha activado de nuevo.',
    'totp-on': 'Se ha configurado un segundo factor.',
    'totp-off': 'Se ha quitado el segundo factor.',
    'recovery-codes': 'Se han creado códigos de recuperación nuevos; los anteriores ya no valen.',
    device: 'Alguien ha entrado desde un dispositivo que no se había usado antes.',
  },
};

/** To the owner of an account, after each change that somebody else could have made. */
export function accountChanged(
  frame: Frame,
  { username, what, when }: { username: string; what: AccountChange; when: string },
): Email {
  const { contact } = frame;
  const said = changeWords[frame.language][what];
  return emailIn(frame, {
    en: {
      subject: `Your account ${username} was changed`,
      paragraphs: [said, `${when}. If it was not you, set a new password and write to ${contact}.`],
      link: { text: 'See the account', path: '/account' },
    },
    es: {
      subject: `Su cuenta ${username} ha cambiado`,
      paragraphs: [said, `${when}. Si no ha sido usted, ponga otra contraseña y escriba a ${contact}.`],
      link: { text: 'Ver la cuenta', path: '/account' },
    },
  });
}

/** To everybody an announcement is for. */
export function announcement(frame: Frame, { title, body }: { title: string; body: string }): Email {
  const content = { subject: title, paragraphs: [], quote: body };
  return emailIn(frame, {
    en: { ...content, link: { text: 'Read it in the app', path: '/' } },
    es: { ...content, link: { text: 'Leerlo en la aplicación', path: '/' } },
  });
}
