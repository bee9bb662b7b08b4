import type { BillingIdentity } from './billing-identity.ts';

/**
 * Places whose VAT differs from that of the country of their address. Sources: Council Directive 2006/112/EC, articles 6
 * (territories outside VAT) and 7 (Monaco), and the postcodes of their postal services.
 */
type Territory = {
  country: string;
  /** Beginnings of the postcodes. Empty: the whole country. */
  postcodes: readonly string[];
  /** 'outside': no EU VAT. Otherwise the country as which it is treated. */
  vat: 'outside' | 'FR';
  name: string;
};

const territories: readonly Territory[] = [
  { country: 'MC', postcodes: [], vat: 'FR', name: 'Monaco (art. 7.1)' },
  {
    country: 'FR',
    postcodes: ['971', '972', '973', '974', '975', '976', '977', '978', '986', '987', '988'],
    vat: 'outside',
    name: 'French overseas (art. 6.1.c, 355.1 TFEU)',
  },
  { country: 'ES', postcodes: ['35', '38'], vat: 'outside', name: 'Canary Islands (art. 6.1.b)' },
  { country: 'ES', postcodes: ['51'], vat: 'outside', name: 'Ceuta (art. 6.2.c)' },
  { country: 'ES', postcodes: ['52'], vat: 'outside', name: 'Melilla (art. 6.2.d)' },
  { country: 'FI', postcodes: ['22'], vat: 'outside', name: 'Åland (art. 6.1.d)' },
  { country: 'IT', postcodes: ['23041', '23030'], vat: 'outside', name: 'Livigno (art. 6.2.f)' },
  { country: 'IT', postcodes: ['22061', '22060'], vat: 'outside', name: 'Campione d’Italia (art. 6.1.g)' },
  { country: 'DE', postcodes: ['78266'], vat: 'outside', name: 'Büsingen (art. 6.2.b)' },
  { country: 'DE', postcodes: ['27498'], vat: 'outside', name: 'Heligoland (art. 6.2.a)' },
  { country: 'GR', postcodes: ['63086', '63087'], vat: 'outside', name: 'Mount Athos (art. 6.1.a)' },
];

/** The country as which an address is treated for VAT, or 'outside' if EU VAT does not apply to it. */
export function vatPlaceOf({ country, postcode }: Pick<BillingIdentity, 'country' | 'postcode'>): string {
  const typed = postcode.replace(/\W/g, '').replace(/^[A-Z]{1,2}(?=\d)/i, ''); // D-78266
  const found = territories.find(
    (each) =>
      each.country === country &&
      (each.postcodes.length === 0 || each.postcodes.some((prefix) => typed.startsWith(prefix))),
  );
  return found?.vat ?? country;
}
