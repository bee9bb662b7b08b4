import { amount, spanishDay } from './record.ts';
import type { SettingsForm } from '#shared/settings/settings-form.ts';

/** Page where a buyer can check that the tax office has an invoice. Source: Agencia Tributaria, specification of the QR, 0.5.0. */
const address = 'https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR';

/**
 * The URL in the QR code of an invoice. `total` includes tax, in hundredths.
 *
 * @returns '' outside production, because a buyer cannot check records that are sent to the test system
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
