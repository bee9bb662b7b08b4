import * as z from 'zod/mini';

/** The building blocks of every document. Limits say where their number is from. */

/** RFC 9562, lower case; made where the document is made. */
export const id = () =>
  z
    .string()
    .check(z.maxLength(36), z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));

/** Milliseconds since 1970; up to the year 2200, so that it can be an index of a replica. */
export const instant = () => z.int().check(z.minimum(0), z.maximum(7_258_118_400_000));

/** The negative of an instant: ascending by it is newest first (a descending sort uses no index in a replica). */
export const newestFirst = () => z.int().check(z.minimum(-7_258_118_400_000), z.maximum(0));

/** A calendar day of the provider's time zone, YYYY-MM-DD; never an instant. */
export const day = () => z.string().check(z.maxLength(10), z.refine(isDay));

/** Money in minor units (cents), up to 10 million EUR either way. */
export const minor = () => z.int().check(z.minimum(-1_000_000_000), z.maximum(1_000_000_000));

/** One line of text, without line breaks or control characters (it stands in mail headers and lists). */
export const line = (max: number) =>
  z.string().check(
    z.maxLength(max),
    z.refine((text) => !/\p{Cc}/u.test(text)),
  );

/** A line that says something. */
export const filledLine = (max: number) => line(max).check(z.refine((text) => text.trim() !== ''));

/** Text of several lines. 20,000 characters: five printed pages, far below a column's 65,535 bytes in 3-byte script. */
export const text = (max = 20_000) =>
  z.string().check(
    z.maxLength(max),
    z.refine((t) => !t.includes('\0')),
  );

/** What every document carries. `seq` 0 = written here, not yet accepted by the server. */
export const times = {
  createdAt: instant(),
  updatedAt: instant(),
  writtenAt: instant(),
  seq: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
};

/** True for a day that exists (2026-02-30 does not). */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
