import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { ChosenOption } from '#shared/billing/price.ts';
import { optionLabel, serviceName } from '#shared/services/service-name.ts';
import type { Service } from '#shared/services/schema.ts';
import { inLanguage, type Translated } from '#shared/engine/translated.ts';

/** The texts of the catalogue in the language of the app. */
export function useServiceTexts() {
  const { locale } = useI18n();
  const language = computed(() => (locale.value === 'es' ? 'es' : 'en'));
  const number = computed(() => new Intl.NumberFormat(locale.value, { maximumFractionDigits: 3 }));
  /** The name of a service; empty while the service is not loaded. */
  const nameOf = (service: Pick<Service, 'slug' | 'names'> | null | undefined) =>
    service ? serviceName(service, language.value) : '';
  const quantityOf = (quantity: number, unit: string) =>
    `${number.value.format(quantity / 1000)} ${unit}`.trim();
  return {
    nameOf,
    textOf: (text: Translated) => inLanguage(text, language.value),
    labelOf: (option: ServiceOption) => optionLabel(option, language.value),
    /** A quantity in thousandths with its unit: "0.5 GB". */
    quantityOf,
    /** Chosen options as they are listed: "Memory" and "4 GB". */
    optionsOf: (chosen: readonly ChosenOption[], service: Service | undefined) =>
      chosen.map(({ key, quantity }) => {
        const option = service?.options.find((each) => each.key === key);
        return {
          name: option ? optionLabel(option, language.value) : key,
          value: quantityOf(quantity, option?.unit ?? ''),
        };
      }),
    /** Sorts services by name. */
    byName: (a: Service, b: Service) => nameOf(a).localeCompare(nameOf(b), locale.value),
  };
}
