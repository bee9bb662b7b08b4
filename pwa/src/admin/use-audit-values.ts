import { useI18n } from 'vue-i18n';
import { isDay } from '#shared/engine/field.ts';
import { useNames } from '../people/use-names.ts';
import { fieldName } from '../ui/field-name.ts';
import { useFormat } from '../ui/use-format.ts';

const moneyFields = /(?:^|\.)(?:amount|total|net|tax|paid|corrected|unitPrice|price|approvedTotal)$/;
/** Set by the server for itself; they say nothing about what a person did. */
const technical = [
  'pdfHash',
  'sha256',
  'id',
  'createdAt',
  'updatedAt',
  'writtenAt',
  'seq',
  'recent',
  'lastActivityAt',
];

/** How the audit log writes the changed fields of a document: names, times, days, people and amounts as people do. */
export function useAuditValues() {
  const i18n = useI18n();
  const { t } = i18n;
  const { full, day, money } = useFormat();
  const nameOf = useNames();

  function value(field: string, raw: unknown): string {
    if (raw === null || raw === undefined || raw === '') return t('audit.nothing');
    if (typeof raw === 'boolean') return t(raw ? 'audit.yes' : 'audit.no');
    if (typeof raw === 'number') {
      if (field.endsWith('At') && raw > 0) return full(raw);
      return moneyFields.test(field) ? money(raw) : String(raw);
    }
    if (Array.isArray(raw)) return raw.map((each) => value(field, each)).join('; ') || t('audit.nothing');
    if (typeof raw === 'object') {
      const parts = Object.entries(raw).filter(([, each]) => each !== null && each !== '');
      return parts.map(([key, each]) => `${fieldName(i18n, key)}: ${value(key, each)}`).join(', ');
    }
    const text = typeof raw === 'string' ? raw : JSON.stringify(raw);
    if (isDay(text)) return day(text);
    const word = [`orders.status.${text}`, `tickets.status.${text}`, `invoices.status.${text}`].find(
      (key) => field === 'status' && i18n.te(key),
    );
    return word ? t(word) : nameOf(text) || text;
  }

  return {
    value,
    /** The changed fields that say what a person did, each with the values before and after. */
    changed: (changes: Record<string, [unknown, unknown]>) =>
      Object.entries(changes)
        .filter(([field]) => !technical.includes(field))
        .map(([field, [from, to]]) => ({ field, name: fieldName(i18n, field), from, to })),
  };
}
