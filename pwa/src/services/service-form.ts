import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { parseMoney } from '#shared/billing/money.ts';
import { serviceFault, type Fault } from '#shared/services/service-fault.ts';
import { type Service, services } from '#shared/services/schema.ts';

/** A service as a form: amounts and quantities as text, each price with its terms by option. */
export type ServiceForm = {
  name: string;
  type: Service['type'];
  description: string;
  pricedByAdmin: boolean;
  chargedAt: Service['chargedAt'];
  options: OptionForm[];
  prices: PriceForm[];
};
export type OptionForm = {
  key: string;
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
  'name' | 'type' | 'description' | 'pricedByAdmin' | 'chargedAt' | 'options' | 'prices'
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

export const newOption = (): OptionForm => ({
  key: '',
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
      name: '',
      type: 'premium',
      description: '',
      pricedByAdmin: false,
      chargedAt: 'end',
      options: [],
      prices: [newPrice(0)],
    };
  }
  const { name, type, description, pricedByAdmin, chargedAt } = service;
  const options = service.options.map(({ key, unit, choices, range }): OptionForm => ({
    key,
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
  return { name, type, description, pricedByAdmin, chargedAt, options, prices };
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
  const { type, description, pricedByAdmin, chargedAt } = form;
  const service = { name: form.name.trim(), type, description, pricedByAdmin, chargedAt, options, prices };
  // First what the lists have wrong as a whole: the schema would only say that they are unreadable.
  const fault = serviceFault(service);
  if (fault) return { wrong: { field: fault[0], at: null, fault: fault[1] } };
  for (const [field, value] of Object.entries(service)) {
    const { success } = services.schema.shape[field as keyof ServiceInput].safeParse(value);
    if (!success) return { wrong: { field, at: null, fault: 'unreadable' } };
  }
  return { service };
}

function optionOf(form: OptionForm): ServiceOption | keyof OptionForm {
  const key = form.key.trim();
  if (!key) return 'key';
  const read = (text: string) => parseDecimal(text, thousandths);
  if (form.kind === 'choices') {
    const choices = form.choices
      .trim()
      .split(/[\s;]+/)
      .map(read);
    if (choices.some((each) => each === null)) return 'choices';
    const known = choices.filter((each) => each !== null);
    return { key, unit: form.unit.trim(), choices: known, range: null };
  }
  const [min, max, step] = [read(form.min), read(form.max), read(form.step)];
  if (min === null) return 'min';
  if (max === null) return 'max';
  if (step === null) return 'step';
  return { key, unit: form.unit.trim(), choices: null, range: { min, max, step } };
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
