import type { EmailMessages } from './email-en.ts';

/** Texts of messages that arrived by e-mail. */
export const emailEs: EmailMessages = {
  email: {
    unverified: 'Remitente sin verificar: esta dirección puede ser falsa.',
    cut: 'No se muestran {n} caracteres.',
    folded: 'No se muestra el correo citado.',
    otherParts: 'Hay 1 parte más en el correo. | Hay {n} partes más en el correo.',
    whole: 'Ver el correo completo',
    loading: 'Cargando el correo…',
    text: 'Texto',
    html: 'Con su formato',
    noText: 'El correo no tiene texto.',
    parts: 'Partes del correo',
    source: 'Guardar el original ({size})',
    unreadable:
      'Este correo no se ha podido leer aquí. Guarde el original y ábralo con un programa de correo.',
    tooLong: 'Este correo es demasiado largo para mostrarlo. Guarde el original para leerlo entero.',
    renew: 'Renovar las direcciones de respuesta',
    renewed:
      'Las direcciones de respuesta anteriores de este ticket ya no sirven. Los próximos correos llevan otras.',
  },
};
