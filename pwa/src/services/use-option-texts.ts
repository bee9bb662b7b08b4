import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ChosenOption } from '#shared/billing/price.ts';
import type { Service } from '#shared/services/schema.ts';

/** How chosen options are written: the name of each, and its quantity with the unit of the service. */
export function useOptionTexts() {
  const i18n = useI18n();
  const { t, locale } = i18n;
  const number = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 3 }));
  return (chosen: readonly ChosenOption[], service: Service | undefined): { name: string; value: string }[] =>
    chosen.map(({ key, quantity }) => {
      const unit = service?.options.find((each) => each.key === key)?.unit ?? '';
      const name = i18n.te(`catalogue.options.${key}`) ? t(`catalogue.options.${key}`) : key;
      return { name, value: `${number.value.format(quantity / 1000)} ${unit}`.trim() };
    });
}
