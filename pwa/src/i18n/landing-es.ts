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
    chosen: 'Elegido',
    unit: 'Se factura',
    range: 'De {min} a {max}, de {step} en {step}',
    offStep: 'Elija uno de los valores permitidos.',
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
    services: 'Todos los servicios y precios',
    withTax:
      'Los precios incluyen un {percent} % de IVA. En otros países, y para empresas, puede variar. Lo verá antes de contratar.',
    configure: 'Elija y vea el precio',
    continue: 'Continuar',
    kept: 'Aún no necesita cuenta. Su elección se conserva mientras la crea.',
    ask: '¿No sabe qué necesita?',
    askText: 'Díganos qué quiere poner en marcha. Le respondemos por correo y no hace falta cuenta.',
    write: 'Escribir',
    name: 'Su nombre',
    email: 'Correo electrónico',
    subject: 'Asunto',
    body: 'Mensaje',
    send: 'Enviar',
    sent: 'Mensaje enviado. Le responderemos a {email}.',
  },
};
