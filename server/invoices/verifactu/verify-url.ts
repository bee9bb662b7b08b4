import { amount, spanishDay } from './record.ts';
import type { SettingsForm } from '#shared/settings/settings-form.ts';

/** Where a buyer finds out that the tax office knows an invoice. Source: Agencia Tributaria, specification of the QR, 0.5.0. */
const address = 'https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR';

/**
 * What the QR code of an invoice holds; `total` with tax in hundredths.
 *
 * @returns '' where nothing is sent for good: what goes to the test system is no promise to a buyer
 */
export function verifyUrlOf(
  { verifactu: environment, seller }: Pick<SettingsForm, 'verifactu' | 'seller'>,
  { number, date, total }: { number: string; date: string; total: number },
): string {
  if (environment !== 'production') return '';
  const query = new URLSearchParams({
    nif: seller.taxNumber,
    numserie: number,
    fecha: spanishDay(date),
    importe: amount(total),
  });
  return `${address}?${query.toString()}`;
}
