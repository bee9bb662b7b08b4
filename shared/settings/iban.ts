import { isValidIBAN } from 'ibantools';

/** True for an IBAN in its electronic form: capitals, no spaces, and the length and check digits of its country. */
export const isIban = (iban: string): boolean => isValidIBAN(iban);
