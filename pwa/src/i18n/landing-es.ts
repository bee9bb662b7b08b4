import type { LandingMessages } from './landing-en.ts';

export const landingEs: LandingMessages = {
  catalogue: {
    type: { premium: 'Premium', standard: 'Estándar', free: 'Gratuitos' },
    typeText: {
      premium: 'Sus propios servidores y redes.',
      standard: 'Gestionados por nosotros, listos para usar.',
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
    askText: 'No hace falta cuenta. Le responderemos por correo.',
    write: 'Escribir',
    name: 'Su nombre',
    email: 'Correo electrónico',
    subject: 'Asunto',
    body: 'Mensaje',
    send: 'Enviar',
    sent: 'Mensaje enviado. Le responderemos a {email}.',
  },
};
