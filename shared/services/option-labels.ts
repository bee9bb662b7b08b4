import type { Language } from '../settings/language.ts';

/** The names of the usual options, by their key. Another option is shown by its key. */
export const optionLabels: Record<Language, Readonly<Record<string, string>>> = {
  en: { vcpu: 'Processors', ram: 'Memory', ssd: 'SSD storage', hdd: 'Disk storage', disk: 'Storage' },
  es: {
    vcpu: 'Procesadores',
    ram: 'Memoria',
    ssd: 'Almacenamiento SSD',
    hdd: 'Almacenamiento en disco',
    disk: 'Almacenamiento',
  },
};
