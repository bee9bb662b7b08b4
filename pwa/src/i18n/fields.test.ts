import { expect, test } from 'vitest';
import { collectionNames, collectionOf } from '#shared/collections.ts';
import { auditFieldsEn } from './audit-fields-en.ts';
import { auditFieldsEs } from './audit-fields-es.ts';
import { fieldsEn } from './fields-en.ts';
import { fieldsEs } from './fields-es.ts';

test.each([
  ['English', { ...fieldsEn, ...auditFieldsEn }],
  ['Spanish', { ...fieldsEs, ...auditFieldsEs }],
])(
  'every field of every document has a name in %s, so no page shows what the program calls it',
  (_, names) => {
    const fields = collectionNames.flatMap((name) => Object.keys(collectionOf(name).schema.shape));
    expect(fields.filter((field) => !Object.hasOwn(names, field))).toEqual([]);
  },
);
