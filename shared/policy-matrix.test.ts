import { expect, test } from 'vitest';
import { collectionNames, collectionOf } from './collections.ts';
import { roles } from './people/schema.ts';
import { policy } from './policy.ts';
import { procedures } from './procedures.ts';
import { createsOf, type Condition, type Rule, type Update } from './engine/rule.ts';

/** Prints the table of rights as readable text. Any change of a right shows as a diff of that text. */

const words = (when: Condition) =>
  Object.entries(when)
    .map(([field, values]) => `${field}=${typeof values === 'string' ? values : values.join('|')}`)
    .join(' ') || 'all';

function fieldsOf(fields: Rule['read'][number]['fields']): string {
  if (fields === '*') return '*';
  return 'but' in fields ? `* but ${fields.but.join(' ')}` : fields.join(' ');
}

const movesIn = (update: readonly Update[], word: string) =>
  update.flatMap(({ move = {} }) =>
    Object.entries(move).flatMap(([field, from]) =>
      Object.entries(from).map(([value, to]) => `${word} ${field}: ${value} -> ${to.join(', ')}`),
    ),
  );

function linesOf(rule: Rule): string[] {
  const { read, update = [], command = {} } = rule;
  const commanded = command.update ?? [];
  return [
    ...read.map(({ when, fields }) => `read   ${words(when)}: ${fieldsOf(fields)}`),
    ...createsOf(rule).map(({ when, fields }) => `create ${words(when)}: ${fields.join(' ')}`),
    ...update.map(({ when, fields }) => `update ${words(when)}: ${fields.join(' ') || '-'}`),
    ...movesIn(update, 'move  '),
    ...(command.create
      ? [`by command create ${words(command.create.when)}: ${command.create.fields.join(' ')}`]
      : []),
    ...commanded.map(({ when, fields }) => `by command update ${words(when)}: ${fields.join(' ')}`),
    ...movesIn(commanded, 'by command move'),
    ...(command.remove ? [`by command remove ${words(command.remove)}`] : []),
  ];
}

test('the table of rights matches its printed form', async () => {
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
  const calls = Object.entries(procedures).map(
    ([path, audience]) => `  ${path}: ${typeof audience === 'string' ? audience : audience.join(' ')}`,
  );
  await expect([text, 'procedures', ...calls, ''].join('\n')).toMatchFileSnapshot('./policy-matrix.txt');
});

test('every field named in the table of rights exists in its collection', () => {
  for (const name of collectionNames) {
    const known = new Set(Object.keys(collectionOf(name).schema.shape));
    for (const rule of Object.values(policy[name])) {
      const { read, update = [], command = {} } = rule;
      const creates = [...createsOf(rule), ...(command.create ? [command.create] : [])];
      const named = [
        ...read.flatMap(({ when, fields }) => [
          ...Object.keys(when),
          ...(fields === '*' ? [] : 'but' in fields ? fields.but : fields),
        ]),
        ...creates.flatMap(({ when, fields, start }) => [
          ...Object.keys(when),
          ...fields,
          ...Object.keys(start ?? {}),
        ]),
        ...[...update, ...(command.update ?? [])].flatMap(({ when, fields, move }) => [
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
