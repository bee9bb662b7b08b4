import { formatMoney, withTax } from '#shared/billing/money.ts';
import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { inLanguage } from '#shared/engine/translated.ts';
import type { Landing } from '#shared/services/api.ts';
import { cheapest } from '#shared/services/least-price.ts';
import { serviceName } from '#shared/services/service-name.ts';
import type { Language } from '#shared/settings/language.ts';
import { welcomeTextOf } from '#shared/settings/welcome-text.ts';
import { escapeHtml } from '../email/compose.ts';

type Words = Record<'services' | 'from' | 'onRequest' | 'free', string> & {
  per: Record<BillingPeriod, string>;
};
const words: Record<Language, Words> = {
  en: {
    services: 'Services and prices',
    from: 'from',
    onRequest: 'price on request',
    free: 'free',
    per: { once: 'once', month: 'a month', quarter: 'a quarter', year: 'a year' },
  },
  es: {
    services: 'Servicios y precios',
    from: 'desde',
    onRequest: 'precio a consultar',
    free: 'gratis',
    per: { once: 'una vez', month: 'al mes', quarter: 'al trimestre', year: 'al año' },
  },
};

/**
 * Fills the app's page with what a visitor sees first: title and description in the head, the services with their prices as text
 * for readers without JavaScript, and the same data for the app, which then needs no request to show it.
 */
export function withLanding(
  html: string,
  { content, name, language }: { content: Landing; name: string; language: Language },
): string {
  const { promise, intro } = welcomeTextOf(inLanguage(content.welcome, language));
  const title = [name, promise || words[language].services].join(' · ');
  const rows = content.services.map(
    (service) =>
      `<li>${escapeHtml(serviceName(service, language))}: ${escapeHtml(priceText(service, content, language))}. ${escapeHtml(inLanguage(service.taglines, language))}</li>`,
  );
  // Inside a script element only "<" could end it.
  const data = JSON.stringify(content).replaceAll('<', '\\u003c');
  const text = `<h1>${escapeHtml(promise || name)}</h1><p>${escapeHtml(intro)}</p><h2>${words[language].services}</h2><ul>${rows.join('')}</ul>`;
  return html
    .replace('<html lang="en">', () => `<html lang="${language}">`)
    .replace(/<title>.*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace(
      /(<meta\s+name="description"\s+content=")[^"]*/,
      (_, before: string) => `${before}${escapeHtml(intro || title)}`,
    )
    .replace(/<noscript>.*<\/noscript>/, () => `<noscript>${text}</noscript>`)
    .replace('</body>', () => `<script type="application/json" id="landing">${data}</script></body>`);
}

function priceText(
  service: Landing['services'][number],
  { taxPercent, currency }: Landing,
  language: Language,
): string {
  const least = cheapest(service);
  const { from, onRequest, free, per } = words[language];
  if (!least) return onRequest;
  if (least.amount === 0) return free;
  const price = `${formatMoney(withTax(least.amount, taxPercent), currency, language)} ${per[least.billingPeriod]}`;
  return service.options.length > 0 ? `${from} ${price}` : price;
}
