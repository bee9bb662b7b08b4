import * as z from 'zod/mini';
import { filledLine, line, minor, unique } from '../engine/field.ts';
import { translatedLine } from '../engine/translated-field.ts';
import { billingPeriods } from './billing-period.ts';

/** A quantity in thousandths (0.5 GB = 500), so that prices are computed with integers only. */
export const quantity = () => z.int().check(z.minimum(0), z.maximum(1_000_000_000));

/** What one option adds to a price: linear x q + quadratic x q^2, both in millionths of the currency unit. */
export const optionTerm = z.strictObject({
  option: filledLine(32),
  linear: z.int().check(z.minimum(0), z.maximum(1_000_000_000)),
  quadratic: z.int().check(z.minimum(0), z.maximum(1_000_000_000)),
});

export const priceRow = z.strictObject({
  amount: minor().check(z.minimum(0)),
  billingPeriod: z.enum(billingPeriods),
  terms: z.array(optionTerm).check(z.maxLength(20), unique('option')),
});
export type PriceRow = z.infer<typeof priceRow>;

/** An option offers either a list of choices or a range with a step. Quantities are in thousandths. */
export const serviceOption = z.strictObject({
  key: filledLine(32),
  labels: translatedLine(40),
  unit: line(16),
  choices: z.nullable(z.array(quantity()).check(z.minLength(1), z.maxLength(100), unique())),
  range: z.nullable(z.strictObject({ min: quantity(), max: quantity(), step: quantity() })),
});
export type ServiceOption = z.infer<typeof serviceOption>;
