/* What the headings of a bank's file mean, in English, Spanish and German. */

/** Column numbers by meaning. Null: the file has no such column. Either `amount`, or `credit` and `debit`, is there. */
export type Columns = {
  day: number | null;
  amount: number | null;
  credit: number | null;
  debit: number | null;
  /** Says whether an amount without a sign came in or went out. */
  mark: number | null;
  currency: number | null;
  status: number | null;
  payer: number | null;
};

export type ColumnRole = keyof Columns | 'balance' | 'otherAmount' | 'otherDay' | 'text';

/** In the order in which they are tried: "Debit Amount" is a debit, "Value date" is no booking date. */
const headings: [ColumnRole, RegExp][] = [
  ['balance', /saldo|balance|disponible|kontostand/i],
  ['otherAmount', /orig|individual|local|fee|geb[uü]hr|auslagen|exchange|tasa|comisi[oó]n/i],
  ['otherDay', /value|valuta|valor|f\.? ?valor|trade|started|wert|time|hora/i],
  ['status', /^(?:state|status|estado|info|situaci[oó]n)$/i],
  ['currency', /curr|divisa|moneda|w[aä]hrung/i],
  ['debit', /debit|debe|cargo|gasto|soll\b|lastschrift|salida|paid out|money out|withdraw/i],
  ['credit', /credit|haber|abono|ingreso|haben|gutschrift|entrada|paid in|money in/i],
  ['amount', /amount|importe|cantidad|betrag|umsatz|monto/i],
  ['day', /date|fecha|d[ií]a|datum|buchungstag|f\.? ?operaci/i],
  [
    'payer',
    /payer|name|ordenante|nombre|beneficiari|counterpart|auftraggeber|beg[uü]nstigter|zahlungspflichtig/i,
  ],
  ['mark', /^(?:d\/?[ch]|s\/?h|debe\/haber|signo|sign|soll\/haben|dc|cr\/dr)$/i],
  ['text', /text|concept|descri|reference|referencia|remittance|detalle|verwendung|observa|movimiento/i],
];

/** What a heading means, or null if it is none of a bank's file. */
export function roleOfHeading(heading: string): ColumnRole | null {
  const typed = heading.trim();
  if (typed === '' || typed.length > 60 || /\d{3}/.test(typed)) return null;
  return headings.find(([, name]) => name.test(typed))?.[0] ?? null;
}
