import type { BankMessages } from './bank-en.ts';

export const bankEs: BankMessages = {
  text: 'Un fichero CSV de su banco. No se contabiliza nada sin confirmarlo, ni una línea dos veces.',
  file: 'Extracto del banco',
  unusable: 'No es un fichero con columnas como los de los bancos.',
  columns: { day: 'Día', amount: 'Importe', payer: 'Ordenante', text: 'Concepto' },
  none: 'ninguna',
  read: 'Entraron {lines} pagos; {booked} ya están contabilizados.',
  unread: '{n} fila no tiene día o importe. | {n} filas no tienen día o importe.',
  fitting: 'Encajan con una factura',
  why: { number: 'su número', payer: 'ordenante e importe', amount: 'solo el importe' },
  book: 'Contabilizar {n} línea | Contabilizar {n} líneas',
  done: '{n} línea contabilizada. | {n} líneas contabilizadas.',
  others: 'No encajan con ninguna',
  othersText: 'Se contabilizan a mano en la página de su factura.',
};
