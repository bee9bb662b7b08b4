import { expect, test } from 'vitest';
import { collectionNames, collectionOf } from '../collections/collections.ts';
import { roles } from '../collections/people.ts';
import { policy, type Condition, type Rule } from './policy.ts';

/** The table of rights as a reader wants it: a change of any right shows as a diff of this text. */

const words = (when: Condition) =>
  Object.entries(when)
    .map(([field, values]) => `${field}=${typeof values === 'string' ? values : values.join('|')}`)
    .join(' ') || 'all';

function fieldsOf(fields: Rule['read'][number]['fields']): string {
  if (fields === '*') return '*';
  return 'but' in fields ? `* but ${fields.but.join(' ')}` : fields.join(' ');
}

function linesOf(rule: Rule): string[] {
  const { read, create, update = [] } = rule;
  const moves = update.flatMap(({ move = {} }) =>
    Object.entries(move).flatMap(([field, from]) =>
      Object.entries(from).map(([value, to]) => `move   ${field}: ${value} -> ${to.join(', ')}`),
    ),
  );
  return [
    ...read.map(({ when, fields }) => `read   ${words(when)}: ${fieldsOf(fields)}`),
    ...(create ? [`create ${words(create.when)}: ${create.fields.join(' ')}`] : []),
    ...update.map(({ when, fields }) => `update ${words(when)}: ${fields.join(' ') || '-'}`),
    ...moves,
  ];
}

test('who may read, create, change and move what', async () => {
  const text = collectionNames
    .flatMap((name) => [
      name,
      ...roles.flatMap((role) => {
        const lines = linesOf(policy[name][role]);
        return [`  ${role}${lines.length === 0 ? ': nothing' : ''}`, ...lines.map((line) => `    ${line}`)];
      }),
      '',
    ])
    .join('\n');
  await expect(text).toMatchFileSnapshot('./matrix.txt');
});

test('every field that the table names is a field of its collection', () => {
  for (const name of collectionNames) {
    const known = new Set(Object.keys(collectionOf(name).schema.shape));
    for (const { read, create, update = [] } of Object.values(policy[name])) {
      const named = [
        ...read.flatMap(({ when, fields }) => [
          ...Object.keys(when),
          ...(fields === '*' ? [] : 'but' in fields ? fields.but : fields),
        ]),
        ...(create
          ? [...Object.keys(create.when), ...create.fields, ...Object.keys(create.start ?? {})]
          : []),
        ...update.flatMap(({ when, fields, move }) => [
          ...Object.keys(when),
          ...fields,
          ...Object.keys(move ?? {}),
        ]),
      ];
      expect(
        named.filter((field) => !known.has(field)),
        name,
      ).toEqual([]);
    }
  }
});
