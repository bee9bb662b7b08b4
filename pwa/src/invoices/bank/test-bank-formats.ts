/* eslint max-params: off -- small functions that write the cells of a test file */
import type { Entry, Lang, Slot } from './test-bank-entries.ts';

export type About = { from: string; to: string; start: string; end: string; sum: string; count: number };
export type Layout = {
  name: string;
  lang: Lang;
  enc: 'utf8' | 'utf8bom' | 'latin1' | 'cp1252' | 'utf16le';
  sep: string;
  eol: string;
  currency: string;
  date: (day: string) => string;
  number: (minor: number) => string;
  /** `heading:key` by column. No key: always empty. `=x`: always x. */
  cols: string;
  slots: Slot[];
  headless?: true;
  quoted?: true;
  oldestFirst?: true;
  /** An empty last cell on every line, or on the rows only. */
  trail?: 'lines' | 'rows';
  pending?: { booked: string; not: string[]; undated?: true };
  foreign?: true;
  others?: true;
  /** The one text of a bank that writes everything into a single column. */
  all?: (entry: Entry) => string;
  before?: (about: About) => string[][];
  after?: (about: About) => string[][];
};

const numbers =
  (point: string, group: string, minus = '-', zeros = '') =>
  (minor: number) => {
    const [whole, cents] = (Math.abs(minor) / 100).toFixed(2).split('.') as [string, string];
    return `${minor < 0 ? minus : ''}${whole.replace(/\B(?=(\d{3})+$)/g, group)}${point}${cents}${zeros}`;
  };
const parts = (day: string) => day.split('-') as [string, string, string];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const dates = {
  slash: (day: string) => parts(day).reverse().join('/'),
  iso: (day: string) => day,
  compact: (day: string) => day.replaceAll('-', ''),
  dotted: (day: string) => parts(day).reverse().join('.'),
  dottedShort: (day: string) => parts(day.slice(2)).reverse().join('.'),
  dottedBare: (day: string) => parts(day).reverse().map(Number).join('.'),
  named: (day: string) => `${parts(day)[2]}-${months[Number(parts(day)[1]) - 1] ?? '???'}-${parts(day)[0]}`,
};
export const joined = (texts: string[], by = ' ') => texts.filter(Boolean).join(by);
const marked = (amount: string) => [amount.replace('-', ''), amount.startsWith('-') ? 'S' : 'H'];
const account = 'ES6121000000510000004321';

/** Headings are the banks' own. `variant`: what was changed to cover a form that another bank uses. */
export const layouts: Layout[] = [
  {
    // Variant: the bank ends the heading line with a separator too.
    name: 'caixabank',
    lang: 'es',
    enc: 'latin1',
    sep: ';',
    eol: '\r\n',
    currency: 'EUR',
    trail: 'rows',
    date: dates.slash,
    number: numbers(',', '.'),
    slots: ['concept', 'ref', 'note'],
    cols: `Número de cuenta:=${account}|Oficina:=0128|Divisa:cur|F. Operación:day|F. Valor:value|Ingreso (+):credit|Gasto (-):debit|Saldo (+):bal+|Saldo (-):bal-|Concepto común:code|Concepto propio:=036|Referencia 1:ref|Referencia 2:=000000000000|Concepto complementario 1:who|Concepto complementario 2:concept|Concepto complementario 3:note|Concepto complementario 4:iban|Concepto complementario 5|Concepto complementario 6|Concepto complementario 7|Concepto complementario 8|Concepto complementario 9:type|Concepto complementario 10`,
  },
  {
    name: 'bbva',
    lang: 'es',
    enc: 'cp1252',
    sep: ';',
    eol: '\r\n',
    currency: 'EUR',
    foreign: true,
    date: dates.slash,
    number: numbers(',', '.'),
    slots: ['concept', 'ref'],
    cols: 'Fecha:day|F.Valor:value|Concepto:type|Movimiento:who|Importe:amount|Divisa:cur|Disponible:bal|Divisa:=EUR|Observaciones:all',
    all: ({ concept, ref, note }) => joined([concept, ref, note]),
    before: ({ from, to, end }) => [
      ['Movimientos de la cuenta'],
      [],
      ['Titular', 'Alojamientos Ejemplo, SL'],
      ['Periodo', `${from} - ${to}`, '', '', `${end} €`],
      [],
    ],
    after: ({ sum }) => [['Total', '', '', '', sum, 'EUR', '', '', '']],
  },
  {
    // Variant: saved from the spreadsheet as Unicode text, with a no-break space between thousands.
    name: 'santander',
    lang: 'es',
    enc: 'utf16le',
    sep: '\t',
    eol: '\r\n',
    currency: 'EUR',
    date: dates.slash,
    number: numbers(',', '\u00A0', '\u2212'),
    slots: ['concept', 'ref'],
    cols: 'FECHA OPERACIÓN:day|FECHA VALOR:value|CONCEPTO:all|IMPORTE EUR:amount|SALDO:bal',
    all: ({ type, who, concept, ref }) => joined([who ? `${type} de ${who}` : type, concept, ref], ', '),
    before: ({ from, to, end }) => [
      ['Cuenta', account],
      ['Titular', 'Alojamientos Ejemplo, SL'],
      ['Desde', from, 'Hasta', to],
      ['Saldo', end],
      [],
    ],
    after: ({ end }) => [['Saldo final', '', '', '', end]],
  },
  {
    name: 'sparkasse-camt',
    lang: 'de',
    enc: 'cp1252',
    sep: ';',
    eol: '\r\n',
    currency: 'EUR',
    quoted: true,
    date: dates.dottedShort,
    number: numbers(',', ''),
    slots: ['concept', 'ref'],
    pending: { booked: 'Umsatz gebucht', not: ['Umsatz vorgemerkt'] },
    cols: 'Auftragskonto:=DE02100100100000004321|Buchungstag:day|Valutadatum:value|Buchungstext:type|Verwendungszweck:concept|Glaeubiger ID|Mandatsreferenz|Kundenreferenz (End-to-End):ref|Sammlerreferenz|Lastschrift Ursprungsbetrag:original|Auslagenersatz Ruecklastschrift|Beguenstigter/Zahlungspflichtiger:who|Kontonummer/IBAN:iban|BIC (SWIFT-Code)|Betrag:amount|Waehrung:cur|Info:status',
  },
  {
    name: 'deutsche-bank',
    lang: 'de',
    enc: 'latin1',
    sep: ';',
    eol: '\n',
    currency: 'EUR',
    date: dates.dottedBare,
    number: numbers(',', '.'),
    slots: ['concept', 'ref'],
    cols: 'Buchungstag:day|Wert:value|Umsatzart:type|Begünstigter / Auftraggeber:who|Verwendungszweck:concept|IBAN:iban|BIC|Kundenreferenz:ref|Mandatsreferenz|Gläubiger ID|Fremde Gebühren|Betrag:original|Abweichender Empfänger|Anzahl der Aufträge|Anzahl der Schecks|Soll:-debit|Haben:credit|Währung:cur',
    before: ({ from, to, start }) => [
      ['Umsätze Geschäftskonto', '', '', 'Kunde 100 7654321'],
      [`${from} - ${to}`],
      ['Letzter Kontostand', '', '', '', start, 'EUR'],
      ['Noch nicht gebuchte Umsätze fehlen in dieser Liste.'],
    ],
    after: ({ to, end }) => [['Kontostand', to, '', '', end, 'EUR']],
  },
  {
    name: 'volksbank',
    lang: 'de',
    enc: 'latin1',
    sep: ';',
    eol: '\r\n',
    currency: 'EUR',
    quoted: true,
    date: dates.dotted,
    number: numbers(',', '.'),
    slots: ['concept', 'ref'],
    cols: 'Buchungstag:day|Valuta:value|Auftraggeber/Zahlungsempfänger:=Beispiel Hosting GmbH|Empfänger/Zahlungspflichtiger:who|Konto-Nr.|IBAN:iban|BLZ|BIC|Vorgang/Verwendungszweck:all|Kundenreferenz:ref|Währung:cur|Umsatz:abs| :mark',
    all: ({ type, concept, note }) => joined([type, concept, note], '\n'),
    before: ({ from, to }) => [
      ['Volksbank Beispielstadt eG'],
      [],
      ['Umsatzanzeige'],
      [],
      ['BLZ:', '10010010', '', 'Datum:', to],
      ['Konto:', '4321', '', 'Zeitraum:', `${from} - ${to}`],
      ['Kontoinhaber:', 'Beispiel Hosting GmbH'],
      [],
    ],
    after: ({ from, to, start, end }) => [
      [],
      [from, ...Array<string>(8).fill(''), 'Anfangssaldo', 'EUR', ...marked(start)],
      [to, ...Array<string>(8).fill(''), 'Endsaldo', 'EUR', ...marked(end)],
    ],
  },
  {
    // Variant: the bank itself leaves out the apostrophe.
    name: 'ubs',
    lang: 'en',
    enc: 'utf8bom',
    sep: ';',
    eol: '\n',
    currency: 'CHF',
    trail: 'lines',
    date: dates.iso,
    number: numbers('.', "'"),
    slots: ['concept', 'ref'],
    cols: 'Trade date:made|Trade time|Booking date:day|Value date:value|Currency:cur|Debit:-debit|Credit:credit|Individual amount|Balance:bal|Transaction no.:ref|Description1:who|Description2:type|Description3:concept|Footnotes:note',
    before: ({ from, to, start, end, count }) => [
      ['Account number:', '0285 00004321.01'],
      ['IBAN:', 'CH00 0000 0000 0000 0000 0'],
      ['From:', from],
      ['Until:', to],
      ['Opening balance:', start],
      ['Closing balance:', end],
      ['Valued in:', 'CHF'],
      ['Numbers of transactions in this period:', String(count)],
      [],
    ],
  },
  {
    // Variant: the bank writes two decimals, others write four.
    name: 'revolut-business',
    lang: 'en',
    enc: 'utf8',
    sep: ',',
    eol: '\n',
    currency: 'EUR',
    foreign: true,
    others: true,
    date: dates.iso,
    number: numbers('.', '', '-', '00'),
    slots: ['concept', 'ref'],
    pending: { booked: 'COMPLETED', not: ['PENDING', 'REVERTED', 'DECLINED'], undated: true },
    cols: 'Date started (UTC):made|Date completed (UTC):day|ID:id|Type:type|State:status|Description:concept|Reference:ref|Payer|Card number|Card label|Card state|Orig currency:ocur|Orig amount:oamount|Payment currency:cur|Amount:amount|Total amount:amount|Exchange rate|Fee:=0.0000|Fee currency:cur|Balance:bal|Account:=Main|International account number|Beneficiary account number|Beneficiary sort code or routing number|Beneficiary IBAN|Beneficiary BIC|Beneficiary name|MCC|Related transaction id|Spend program|Sender account:iban|Sender name:who|Card references',
  },
  {
    // Variant: the balance before debit and credit, and months by name. The bank writes 01/03/2026 and the balance after.
    name: 'aib',
    lang: 'en',
    enc: 'utf8',
    sep: ',',
    eol: '\r\n',
    currency: 'EUR',
    others: true,
    oldestFirst: true,
    date: dates.named,
    number: numbers('.', ','),
    slots: ['concept', 'ref'],
    cols: 'Posted Account:=93-10-12 00004321| Posted Transactions Date:day| Description1:who| Description2:concept| Description3:ref|Balance:bal| Debit Amount:debit| Credit Amount:credit|Posted Currency:cur|Transaction Type:type|Local Currency Amount:oabs|Local Currency:ocur',
  },
  {
    name: 'abn-amro',
    lang: 'en',
    enc: 'utf8',
    sep: '\t',
    eol: '\n',
    currency: 'EUR',
    headless: true,
    oldestFirst: true,
    date: dates.compact,
    number: numbers(',', ''),
    slots: ['concept', 'ref'],
    cols: '1:=123456789|2:cur|3:day|4:start|5:bal|6:value|7:amount|8:all',
    all: ({ type, iban, who, concept, ref }) =>
      joined(
        [
          `/TRTP/${type}`,
          iban && `IBAN/${iban}`,
          who && `NAME/${who}`,
          `REMI/${concept}`,
          ref && `EREF/${ref}`,
        ],
        '/',
      ),
  },
];
