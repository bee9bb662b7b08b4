import { optionLabel } from '#shared/services/service-name.ts';
import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { Language } from '#shared/settings/language.ts';
import type { Order } from '#shared/orders/schema.ts';

/** A service with its chosen options as it is written in an e-mail: "Virtual server (processors 2, memory 4 GB)". */
export function serviceWithOptions(
  { service, options }: { service: string; options: Order['options'] },
  { language, offered }: { language: Language; offered: readonly ServiceOption[] },
): string {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const texts = options.map(({ key, quantity }) => {
    const option = offered.find((each) => each.key === key);
    const label = withinSentence(option ? optionLabel(option, language) : key);
    return `${label} ${number.format(quantity / 1000)} ${option?.unit ?? ''}`.trim();
  });
  return texts.length > 0 ? `${service} (${texts.join(', ')})` : service;
}

/** A label within a sentence: "Memory" becomes "memory", and "SSD storage" stays. */
function withinSentence(label: string): string {
  return label.replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
}
