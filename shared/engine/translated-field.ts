import * as z from 'zod/mini';
import { line, text } from './field.ts';

/** The field types of texts in every language (translated.ts). */
export const translatedLine = (max: number) => z.strictObject({ en: line(max), es: line(max) });
export const translatedText = () => z.strictObject({ en: text(), es: text() });
