import type { Language } from '../settings/language.ts';
import { inLanguage } from '../engine/translated.ts';
import type { Service } from './schema.ts';

/** The name of a service as people read it. A service without one is called by its short name. */
export function serviceName(service: Pick<Service, 'slug' | 'names'>, language: Language): string {
  return inLanguage(service.names, language) || service.slug;
}

/** The label of an option as people read it, or its key. */
export function optionLabel(option: Service['options'][number], language: Language): string {
  return inLanguage(option.labels, language) || option.key;
}
