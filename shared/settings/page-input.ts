import * as z from 'zod/mini';
import { languages } from './language.ts';
import { pageNames } from './pages.ts';

/** Which public page, in which language. */
export const pageQuery = z.strictObject({ name: z.enum(pageNames), language: z.enum(languages) });
