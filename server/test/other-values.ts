import { collectionOf, type CollectionName } from '#shared/collections.ts';
import { policy } from '#shared/policy.ts';
import { pick } from './create-like.ts';
import { line, rate } from './everything.ts';
import { madrid } from './test-server.ts';

/**
 * Values that a field could be changed to: every other value of an enumeration, or one other valid value of
 * any other type.
 *
 * @throws Error if there is no other value
 */
export function otherValues(collection: CollectionName, field: string, value: unknown): unknown[] {
  const schema = collectionOf(collection).schema.shape[field];
  const candidates: unknown[] = [
    ...optionsOf(schema),
    ...(typeof value === 'boolean' ? [!value] : []),
    ...(typeof value === 'number' ? [value + 1] : []),
    ...samplesOf(`${collection}.${field}`),
    ...samplesOf(field),
    ...[
      'Changed',
      'XX',
      '2027-03-01',
      'x@mail.example',
      '0198c0de-0000-7000-8000-000000000000',
      12,
      -7,
      true,
      [],
      null,
    ],
  ];
  const fitting = candidates.filter(
    (each) => JSON.stringify(each) !== JSON.stringify(value) && schema?.safeParse(each).success,
  );
  const [first] = fitting;
  const enumerated = fitting.filter((each) => optionsOf(schema).includes(each));
  if (first === undefined) throw new Error(`no other value for ${collection}.${field}`);
  // Every value matters if some role may move the field. Elsewhere one value stands for all.
  return enumerated.length > 0 && isMoved(collection, field) ? enumerated : [first];
}

function isMoved(collection: CollectionName, field: string): boolean {
  const rules = Object.values(policy[collection]).flatMap(({ update = [], command }) => [
    ...update,
    ...(command?.update ?? []),
  ]);
  return rules.some(({ move }) => move?.[field] !== undefined);
}

function optionsOf(schema: unknown): unknown[] {
  const { options, def } = (schema ?? {}) as { options?: unknown[]; def?: { innerType?: unknown } };
  if (def?.innerType) return optionsOf(def.innerType); // nullable
  return Array.isArray(options) ? options : [];
}

function samplesOf(field: string): unknown[] {
  const byField: Record<string, unknown> = {
    identity: { ...madrid, city: 'Toledo' },
    names: { en: 'Other', es: 'Otro' },
    taglines: { en: 'Other', es: 'Otro' },
    descriptions: { en: 'Other', es: 'Otro' },
    bankLine: 'b'.repeat(64),
    preferences: { answers: false, status: true, announcements: true },
    taxTreatment: { rate, reason: 'because' },
    taxHold: rate,
    'messages.email': { isVerified: false, folded: 1, cut: 0, otherParts: 0 },
    lines: [{ ...line, text: 'Other' }],
    seller: {
      ...pick({ id: '', ...madrid }, ['street', 'postcode', 'city', 'country', 'taxNumber', 'vatNumber']),
      name: 'X',
      email: 'x@x.example',
    },
    event: { what: 'status', from: 'open', to: 'closed' },
    prices: [
      { from: '2026-01-01', amount: 500 },
      { from: '2099-01-01', amount: 700 },
    ],
    change: {
      when: 'now',
      service: '0198c0de-0000-7000-8000-000000000000',
      options: [],
      amount: 700,
      on: null,
    },
    nextStatus: { on: '2099-01-01', status: 'suspended', reason: '', cause: null },
    terms: { language: 'en', version: 1 },
    history: [{ on: '2026-01-01', status: 'suspended', reason: '', at: 1 }],
    options: [{ key: 'x', quantity: 1 }],
    'services.options': [{ key: 'x', labels: { en: 'X', es: 'X' }, unit: 'GB', choices: [1], range: null }],
    'services.prices': [{ amount: 900, billingPeriod: 'month', terms: [] }],
    totals: [{ rate, net: 1, tax: 0 }],
    buyer: { ...madrid, city: 'Toledo' },
    sha256: 'a'.repeat(64),
    username: 'another',
  };
  return field in byField ? [byField[field]] : [];
}
