import type { FiguresMessages } from './figures-en.ts';

export const figuresEs: FiguresMessages = {
  recurring: 'Recurrente al mes, neto',
  months: 'Emitido y cobrado, con impuestos',
  month: 'Mes',
  issued: 'Emitido',
  collected: 'Cobrado',
  late: 'Vencido por antigüedad',
  age: 'Días de retraso',
  open: 'Pendiente',
  days: 'de {from} a {to} días',
  over: 'más de 60 días',
  services: 'Ingresos de doce meses por servicio',
  service: 'Servicio',
  net: 'Neto',
  other: 'Otros',
  noTerms: 'Las condiciones no están publicadas, así que nadie puede pedir nada de pago.',
  publishTerms: 'Revisar y publicar',
  toSetUp: 'Pedidos por activar',
  unanswered: 'Tickets que nos esperan',
  moneyToDo: 'Dinero pendiente',
  overdue: 'Vencido',
};
