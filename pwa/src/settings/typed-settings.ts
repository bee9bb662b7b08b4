import type { SettingsForm } from '#shared/settings/settings-form.ts';

/** The settings that are typed as text: numbers, percentages and lists. */
export function typedFrom(form: SettingsForm) {
  return {
    dueBusinessDays: String(form.dueBusinessDays),
    holdHours: String(form.holdHours),
    closeAfterDays: String(form.closeAfterDays),
    closeWarningDays: String(form.closeWarningDays),
    simplifiedUpTo: (form.simplifiedUpTo / 100).toFixed(2),
    reminderDays: form.reminderDays.join(', '),
    suspendAfterDays: String(form.suspendAfterDays),
    first: {
      A: String(form.firstNumbers.A),
      S: String(form.firstNumbers.S),
      R: String(form.firstNumbers.R),
    },
    standardPercent: String(form.standardRate.percent / 100),
    outsidePostcodes: form.outsidePostcodes.join(', '),
    noTaxEn: form.noTaxRate.reason?.en ?? '',
    noTaxEs: form.noTaxRate.reason?.es ?? '',
    ossSince: form.ossSince ?? '',
    ossRates: form.ossRates.map(({ country, percent }) => `${country} ${percent / 100}`).join(', '),
  };
}

const number = (text: string) => Number(text.replace(',', '.'));

/** The settings to save, with what was typed converted back. Text that is no number becomes NaN, which the server refuses. */
export function settingsFrom(form: SettingsForm, typed: ReturnType<typeof typedFrom>): SettingsForm {
  return {
    ...form,
    iban: form.iban.replace(/\s/g, '').toUpperCase(),
    dueBusinessDays: number(typed.dueBusinessDays),
    holdHours: number(typed.holdHours),
    closeAfterDays: number(typed.closeAfterDays),
    closeWarningDays: number(typed.closeWarningDays),
    simplifiedUpTo: Math.round(number(typed.simplifiedUpTo) * 100),
    reminderDays: typed.reminderDays
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(number),
    suspendAfterDays: number(typed.suspendAfterDays),
    firstNumbers: { A: number(typed.first.A), S: number(typed.first.S), R: number(typed.first.R) },
    standardRate: { ...form.standardRate, percent: Math.round(number(typed.standardPercent) * 100) },
    noTaxRate: { ...form.noTaxRate, reason: { en: typed.noTaxEn, es: typed.noTaxEs } },
    ossSince: typed.ossSince || null,
    ossRates: typed.ossRates
      .split(/[,;]\s+|\n/)
      .filter(Boolean)
      .map((each) => each.trim().split(/\s+/))
      .map(([country = '', percent = '']) => ({ country, percent: Math.round(number(percent) * 100) })),
    outsidePostcodes: typed.outsidePostcodes.split(/[\s,]+/).filter(Boolean),
  };
}
