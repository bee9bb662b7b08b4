import type { LandingMessages } from './landing-en.ts';

export const landingEs: LandingMessages = {
  catalogue: {
    type: { premium: 'Premium', standard: 'Estándar', free: 'Gratuitos' },
    typeText: {
      premium: 'Máquinas y redes propias.',
      standard: 'Los llevamos nosotros, los usa usted.',
      free: 'Sin coste.',
    },
    from: 'desde',
    onRequest: 'Precio a consultar',
    order: 'Contratar',
    orderThis: 'Contratar {name}',
  },
  orders: {
    per: { once: 'una vez', month: 'al mes', quarter: 'al trimestre', year: 'al año' },
    net: 'sin IVA',
    netOf: '{net} sin IVA',
    free: 'gratis',
  },
  landing: {
    title: 'Servicios y precios',
    ask: 'Pregúntenos',
    askText: 'No hace falta cuenta. Respondemos por correo.',
    write: 'Escribir',
    name: 'Su nombre',
    email: 'Correo electrónico',
    subject: 'Asunto',
    body: 'Mensaje',
    send: 'Enviar',
    sent: 'Enviado. Respondemos a {email}.',
  },
};
