import * as z from 'zod/mini';

/** The field types of every document. */

/** A UUIDv7 (RFC 9562) in lower case. It is created where the document is created. */
export const id = () =>
  z
    .string()
    .check(z.maxLength(36), z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/));

/** Milliseconds since 1970, up to the year 2200. An index of a replica needs such a limit. */
export const instant = () => z.int().check(z.minimum(0), z.maximum(7_258_118_400_000));

/** The negative of an instant. Ascending order is newest first; a descending sort would use no index in a replica. */
export const newestFirst = () => z.int().check(z.minimum(-7_258_118_400_000), z.maximum(0));

/** A calendar day in the provider's time zone, YYYY-MM-DD. It is never an instant. */
export const day = () => z.string().check(z.maxLength(10), z.refine(isDay));

/** Money in minor units (cents), up to 10 million EUR either way. */
export const minor = () => z.int().check(z.minimum(-1_000_000_000), z.maximum(1_000_000_000));

/** One line of text, without line breaks or control characters, because it is used in mail headers and lists. */
export const line = (max: number) =>
  z.string().check(
    z.maxLength(max),
    z.refine((text) => !/\p{Cc}/u.test(text)),
  );

/** A line that is not blank. */
export const filledLine = (max: number) => line(max).check(z.refine((text) => text.trim() !== ''));

/** Text of several lines. 20,000 characters: five printed pages, at most 60,000 bytes, which fits a column of 65,535. */
export const text = (max = 20_000) =>
  z.string().check(
    z.maxLength(max),
    z.refine((t) => !t.includes('\0')),
  );

/**
 * Refuses a list in which two entries are the same, or have the same value of a field. Whoever reads such a list by key
 * would see only one of them.
 */
export const unique = <T>(field?: keyof T) =>
  z.refine<readonly T[]>((list) => {
    const keys = list.map((entry) => (field === undefined ? entry : entry[field]));
    return new Set<unknown>(keys).size === list.length;
  }, 'twice');

/** Fields of every document. `seq` 0: written on this device and not yet accepted by the server. */
export const times = {
  createdAt: instant(),
  updatedAt: instant(),
  writtenAt: instant(),
  seq: z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)),
};

/** True if the day exists (2026-02-30 does not). */
export function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
