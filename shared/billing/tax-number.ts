import type { BillingIdentity } from './billing-identity.ts';

const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';

/**
 * True for a valid Spanish tax number (NIF) in capitals without separators: of a citizen (8 digits and a letter), a resident
 * (NIE: X, Y or Z) or a legal entity (CIF). Check characters by RD 1065/2007 and Orden EHA/451/2008.
 */
export function isSpanishTaxNumber(number: string): boolean {
  const person = /^([XYZ]?)(\d{7,8})([A-Z])$/.exec(number);
  if (person) {
    const [, prefix = '', digits = '', letter] = person;
    if (prefix.length + digits.length !== 8) return false;
    const value = Number(`${prefix === '' ? '' : 'XYZ'.indexOf(prefix)}${digits}`);
    return letters[value % 23] === letter;
  }
  // K, L and M: persons without a number of their own. Their letter is computed as for citizens.
  const special = /^[KLM](\d{7})([A-Z])$/.exec(number);
  if (special) return letters[Number(special[1]) % 23] === special[2];
  const entity = /^([ABCDEFGHJNPQRSUVW])(\d{7})([0-9A-J])$/.exec(number);
  if (!entity) return false;
  const [, kind = '', digits = '', check = ''] = entity;
  const sum = [...digits].reduce((all, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return all + (i % 2 === 0 ? Math.floor(value / 10) + (value % 10) : value);
  }, 0);
  const control = (10 - (sum % 10)) % 10;
  const letter = 'JABCDEFGHI'[control];
  if ('NPQRSW'.includes(kind)) return check === letter;
  return check === String(control) || (!'ABEH'.includes(kind) && check === letter);
}

type Numbers = Pick<BillingIdentity, 'country' | 'taxNumber' | 'vatNumber'>;

/** The field of an identity whose number is wrong, or null. The VAT number of a Spanish client is their tax number. */
export function wrongNumber({ country, taxNumber, vatNumber }: Numbers): 'taxNumber' | 'vatNumber' | null {
  if (country === 'ES') {
    if (taxNumber !== '' && !isSpanishTaxNumber(taxNumber)) return 'taxNumber';
    return vatNumber === '' || vatNumber.replace(/^ES/, '') === taxNumber ? null : 'vatNumber';
  }
  if (!/^[A-Z0-9 ./-]*$/.test(taxNumber)) return 'taxNumber';
  return /^(?:[A-Z]{2}[A-Z0-9+*]{2,13})?$/.test(vatNumber) ? null : 'vatNumber';
}

/** A tax number as it is stored: in capitals; a Spanish one without separators. */
export function cleanTaxNumber(typed: string, country: string): string {
  const upper = typed.trim().toUpperCase();
  return country === 'ES' ? upper.replace(/[\s.-]/g, '').replace(/^ES(?=[A-Z0-9]{9}$)/, '') : upper;
}
