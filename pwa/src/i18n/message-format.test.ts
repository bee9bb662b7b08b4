import { createI18n } from 'vue-i18n';
import { expect, test } from 'vitest';
import { compileMessage } from './message-format.ts';

const { t } = createI18n({
  legacy: false,
  locale: 'en',
  messageCompiler: compileMessage,
  messages: {
    en: {
      named: '{who} took {what}, {who}.',
      one: '1 attempt | {n} attempts',
      none: 'no orders | 1 order | {n} orders',
    },
  },
}).global;

test('values replace their names in braces, as often as they are named', () => {
  expect(t('named', { who: 'Ana', what: '#1027 {who}' })).toBe('Ana took #1027 {who}, Ana.');
});

test('the form of a count is chosen', () => {
  expect([0, 1, 2].map((n) => t('none', { n }, n))).toEqual(['no orders', '1 order', '2 orders']);
  expect([1, 7].map((n) => t('one', { n }, n))).toEqual(['1 attempt', '7 attempts']);
});

test('a value that is missing leaves nothing', () => {
  expect(t('named', { who: 'Ana' })).toBe('Ana took , Ana.');
});
