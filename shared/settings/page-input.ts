import * as z from 'zod/mini';
import { languages } from './language.ts';
import { pageNames } from './pages.ts';

/** A public page in one language. */
export const pageQuery = z.strictObject({ name: z.enum(pageNames), language: z.enum(languages) });
