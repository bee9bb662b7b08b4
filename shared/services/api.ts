import type { Seller } from '../settings/seller.ts';
import type { Translated } from '../engine/translated.ts';
import type { Service } from './schema.ts';

/** Response types of the public API. */

/** What a visitor sees of the provider: its name and address, its services, and the tax that most visitors are charged. */
export type Landing = {
  seller: Seller;
  services: Service[];
  /** Hundredths of a percent; 0: no tax is added to the prices. */
  taxPercent: number;
  currency: string;
  /** The provider's own text for the page, in Markdown (welcome-text.ts); empty: none was published. */
  welcome: Translated;
};
