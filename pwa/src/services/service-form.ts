import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { parseMoney } from '#shared/billing/money.ts';
import { serviceFault, type Fault } from '#shared/services/service-fault.ts';
import type { Translated } from '#shared/engine/translated.ts';
import { type Service, services } from '#shared/services/schema.ts';

/** A service as a form: amounts and quantities as text, each price with its terms by option. */
export type ServiceForm = {
  slug: string;
  names: Translated;
  taglines: Translated;
  descriptions: Translated;
  type: Service['type'];
  pricedByAdmin: boolean;
  chargedAt: Service['chargedAt'];
  options: OptionForm[];
  prices: PriceForm[];
};
export type OptionForm = {
  key: string;
  labels: Translated;
  unit: string;
  kind: 'choices' | 'range';
  choices: string;
  min: string;
  max: string;
  step: string;
};
export type PriceForm = {
  amount: string;
  billingPeriod: BillingPeriod;
  /** By index of the option: what one unit adds, and what its square adds. */
  terms: { linear: string; quadratic: string }[];
};

export type ServiceInput = Pick<
  Service,
  | 'slug'
  | 'names'
  | 'taglines'
  | 'descriptions'
  | 'type'
  | 'pricedByAdmin'
  | 'chargedAt'
  | 'options'
  | 'prices'
>;

const thousandths = 3;
const millionths = 6;

/** Formats an integer of thousandths or millionths as a decimal: 500 thousandths is 0.5. */
const plain = (value: number, digits: number) => String(value / 10 ** digits);

/** Parses a decimal as an integer scaled by `digits` decimal places. Null if it is not a decimal. */
export function parseDecimal(typed: string, digits: number): number | null {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(typed.trim());
  const decimals = match?.[2] ?? '';
  if (!match || decimals.length > digits) return null;
  return Number(match[1]) * 10 ** digits + Number(decimals.padEnd(digits, '0') || '0');
}

const untranslated = (): Translated => ({ en: '', es: '' });

export const newOption = (): OptionForm => ({
  key: '',
  labels: untranslated(),
  unit: '',
  kind: 'choices',
  choices: '',
  min: '',
  max: '',
  step: '1',
});
export const newPrice = (options: number): PriceForm => ({
  amount: '0',
  billingPeriod: 'month',
  terms: Array.from({ length: options }, () => ({ linear: '0', quadratic: '0' })),
});

export function formOf(service: Service | null): ServiceForm {
  if (!service) {
    return {
      slug: '',
      names: untranslated(),
      taglines: untranslated(),
      descriptions: untranslated(),
      type: 'premium',
      pricedByAdmin: false,
      chargedAt: 'end',
      options: [],
      prices: [newPrice(0)],
    };
  }
  const { slug, type, pricedByAdmin, chargedAt } = service;
  const { names, taglines, descriptions } = structuredClone(service);
  const options = service.options.map(({ key, labels, unit, choices, range }): OptionForm => ({
    key,
    labels: { ...labels },
    unit,
    kind: range ? 'range' : 'choices',
    choices: (choices ?? []).map((each) => plain(each, thousandths)).join(' '),
    min: range ? plain(range.min, thousandths) : '',
    max: range ? plain(range.max, thousandths) : '',
    step: plain(range?.step ?? 1000, thousandths),
  }));
  const prices = service.prices.map(({ amount, billingPeriod, terms }): PriceForm => ({
    amount: (amount / 100).toFixed(2),
    billingPeriod,
    terms: service.options.map(({ key }) => {
      const term = terms.find(({ option }) => option === key);
      return {
        linear: plain(term?.linear ?? 0, millionths),
        quadratic: plain(term?.quadratic ?? 0, millionths),
      };
    }),
  }));
  return { slug, names, taglines, descriptions, type, pricedByAdmin, chargedAt, options, prices };
}

/** The first error: an unreadable field, with the index of its option or price, or a fault of the whole service. */
export type Wrong = { field: string; at: number | null; fault: Fault | 'unreadable' };

/** The parsed service, or the first error in it. */
export function serviceOf(form: ServiceForm): { service: ServiceInput } | { wrong: Wrong } {
  const options: ServiceOption[] = [];
  for (const [at, option] of form.options.entries()) {
    const read = optionOf(option);
    if (typeof read === 'string') return { wrong: { field: read, at, fault: 'unreadable' } };
    options.push(read);
  }
  const prices: ServiceInput['prices'] = [];
  for (const [at, price] of form.prices.entries()) {
    const read = priceRowOf(price, options);
    if (typeof read === 'string') return { wrong: { field: read, at, fault: 'unreadable' } };
    prices.push(read);
  }
  const { type, descriptions, pricedByAdmin, chargedAt } = form;
  const service = {
    slug: form.slug.trim(),
    names: trimmed(form.names),
    taglines: trimmed(form.taglines),
    descriptions: { ...descriptions },
    type,
    pricedByAdmin,
    chargedAt,
    options,
    prices,
  };
  // First what the lists have wrong as a whole: the schema would only say that they are unreadable.
  const fault = serviceFault(service);
  if (fault) return { wrong: { field: fault[0], at: null, fault: fault[1] } };
  for (const [field, value] of Object.entries(service)) {
    const { success } = services.schema.shape[field as keyof ServiceInput].safeParse(value);
    if (!success) return { wrong: { field, at: null, fault: 'unreadable' } };
  }
  return { service };
}

const trimmed = ({ en, es }: Translated): Translated => ({ en: en.trim(), es: es.trim() });

function optionOf(form: OptionForm): ServiceOption | keyof OptionForm {
  const key = form.key.trim();
  if (!key) return 'key';
  const named = { key, labels: trimmed(form.labels), unit: form.unit.trim() };
  const read = (text: string) => parseDecimal(text, thousandths);
  if (form.kind === 'choices') {
    const choices = form.choices
      .trim()
      .split(/[\s;]+/)
      .map(read);
    if (choices.some((each) => each === null)) return 'choices';
    const known = choices.filter((each) => each !== null);
    return { ...named, choices: known, range: null };
  }
  const [min, max, step] = [read(form.min), read(form.max), read(form.step)];
  if (min === null) return 'min';
  if (max === null) return 'max';
  if (step === null) return 'step';
  return { ...named, choices: null, range: { min, max, step } };
}

function priceRowOf(
  form: PriceForm,
  options: readonly ServiceOption[],
): ServiceInput['prices'][number] | string {
  const amount = parseMoney(form.amount);
  if (amount === null || amount < 0) return 'amount';
  const terms: ServiceInput['prices'][number]['terms'] = [];
  for (const [place, { key }] of options.entries()) {
    const { linear: typedLinear = '0', quadratic: typedQuadratic = '0' } = form.terms[place] ?? {};
    const linear = parseDecimal(typedLinear, millionths);
    const quadratic = parseDecimal(typedQuadratic, millionths);
    if (linear === null || quadratic === null) return 'terms';
    if (linear || quadratic) terms.push({ option: key, linear, quadratic });
  }
  return { amount, billingPeriod: form.billingPeriod, terms };
}
