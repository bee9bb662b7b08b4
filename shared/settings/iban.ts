import { isValidIBAN } from 'ibantools';

/** True for a valid IBAN in electronic form: capitals, no spaces, correct length and check digits for its country. */
export const isIban = (iban: string): boolean => isValidIBAN(iban);
