import type { Seller } from '../settings/seller.ts';
import type { Service } from './schema.ts';

/** What the API answers. */

/** The provider as a visitor sees it, and what it offers, with the tax that most visitors are charged. */
export type Landing = {
  seller: Seller;
  services: Service[];
  /** Hundredths of a percent; 0: prices are as they stand. */
  taxPercent: number;
  currency: string;
};
