import type { Content, Frame } from '../email/compose.ts';
import type { AccountChange } from './account-changes.ts';
import { hoursOf, linkPaths } from './email-links.ts';
import type { AccountLink, ChangedAccount, NamedPerson, HeldTax } from './emails.en.ts';

/** To a person who registered: confirm that the address is yours. */
export function verifyEmail(
  { provider }: Frame,
  { username, token, wanted }: AccountLink & { wanted: string | null },
): Content {
  return {
    subject: `Confirme su dirección de correo para ${provider}`,
    paragraphs: [
      `Alguien, seguramente usted, ha creado la cuenta «${username}» en ${provider} con esta dirección de correo.`,
      `Por favor, confirme la dirección y elija una contraseña. El enlace sirve una sola vez y caduca a las ${hoursOf('verify')} horas.`,
      'Si no ha sido usted, no tiene que hacer nada. Eliminaremos la cuenta.',
    ],
    link: { text: 'Confirmar la dirección', path: linkPaths.verify(token, wanted) },
  };
}

/** To the new address of an account, when its owner wants to change the address. */
export function confirmEmail({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Confirme la nueva dirección de ${username}`,
    paragraphs: [
      `Alguien, seguramente usted, ha pedido usar esta dirección de correo para la cuenta «${username}» de ${provider}.`,
      `Si ha sido usted, confírmela. El enlace sirve una sola vez y caduca a las ${hoursOf('email')} horas.`,
    ],
    link: { text: 'Usar esta dirección', path: linkPaths.confirm(token) },
  };
}

/** To the owner of an address, when somebody tries to use it for an account again. */
export function emailKnown({ provider }: Frame, { username }: { username: string }): Content {
  return {
    subject: `Ya tiene una cuenta en ${provider}`,
    paragraphs: [
      `Alguien, quizá usted, ha querido usar esta dirección de correo para una cuenta. Ya tiene una: «${username}».`,
      'Si ha olvidado su contraseña, puede poner otra.',
      'Si no ha sido usted, no tiene que hacer nada. No ha cambiado nada.',
    ],
    link: { text: 'Poner otra contraseña', path: '/forgot-password' },
  };
}

/** To a person who forgot the password. */
export function passwordReset({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Ponga otra contraseña para ${provider}`,
    paragraphs: [
      `Alguien, seguramente usted, ha pedido otra contraseña para la cuenta «${username}».`,
      `El enlace sirve una sola vez y caduca a las ${hoursOf('reset')} horas.`,
      'Si no ha sido usted, no tiene que hacer nada. Su contraseña sigue siendo la misma.',
    ],
    link: { text: 'Poner otra contraseña', path: linkPaths.setPassword(token) },
  };
}

/** To a person for whom an admin created an account. */
export function invitation({ provider }: Frame, { username, token }: AccountLink): Content {
  return {
    subject: `Su cuenta en ${provider}`,
    paragraphs: [
      `${provider} le ha creado una cuenta. Su nombre de usuario es «${username}».`,
      `Ponga su contraseña para empezar. El enlace sirve una sola vez y caduca a los ${hoursOf('invite') / 24} días.`,
    ],
    link: { text: 'Poner la contraseña', path: linkPaths.setPassword(token) },
  };
}

const changes: Record<AccountChange, string> = {
  password: 'Su contraseña ha cambiado. Se han cerrado todas las demás sesiones.',
  email: 'Su dirección de correo ha cambiado.',
  username: 'Su nombre de usuario ha cambiado.',
  role: 'Su rol ha cambiado. Puede que ahora vea otras cosas en la aplicación.',
  identity: 'Sus datos de facturación han cambiado.',
  disabled: 'Su cuenta se ha desactivado. Sus datos se borran de sus dispositivos.',
  enabled: 'Su cuenta se ha activado de nuevo.',
  'totp-on': 'Se ha activado la verificación en dos pasos.',
  'totp-off': 'Se ha desactivado la verificación en dos pasos.',
  'recovery-codes': 'Se han creado nuevos códigos de recuperación. Los anteriores ya no valen.',
  device: 'Alguien ha iniciado sesión en su cuenta desde un dispositivo nuevo.',
};

/** To the owner of an account, after each change that another person could have made. */
export function accountChanged({ contact }: Frame, { username, what, when }: ChangedAccount): Content {
  return {
    subject:
      what === 'device'
        ? `Nuevo inicio de sesión en su cuenta ${username}`
        : `Su cuenta ${username} ha cambiado`,
    paragraphs: [
      changes[what],
      `Ocurrió el ${when}. Si no ha sido usted, ponga otra contraseña y escriba a ${contact}.`,
    ],
    link: { text: 'Ver su cuenta', path: '/account' },
  };
}

/** To the admins: a person registered. */
export function personRegistered(_frame: Frame, { name, email }: NamedPerson): Content {
  return {
    subject: `Registro: ${name}`,
    paragraphs: [`${name} (${email}) se ha registrado. La dirección de correo aún no está confirmada.`],
    link: { text: 'Ver personas', path: '/people' },
  };
}

/** To the admins: a person who registered confirmed the address. */
export function personVerified(_frame: Frame, { name, email }: NamedPerson): Content {
  return {
    subject: `Confirmado: ${name}`,
    paragraphs: [`${name} (${email}) ha confirmado la dirección de correo y ya puede entrar.`],
    link: { text: 'Ver personas', path: '/people' },
  };
}

/** To accounting: a client changed what decides their tax, and it would fall. */
export function taxHeld(_frame: Frame, { name, person, percent }: HeldTax): Content {
  return {
    subject: `Impuesto de ${name}: un cambio espera`,
    paragraphs: [
      `${name} ha cambiado sus datos de facturación de un modo que bajaría su impuesto. Se mantiene el ${percent / 100} % hasta que usted acepte el cambio.`,
    ],
    link: { text: 'Ver el cliente', path: `/clients/${person}` },
  };
}
