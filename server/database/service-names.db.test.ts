import { QueryTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { services } from '#shared/services/schema.ts';
import { findDocuments } from '#sync/server/row.ts';
import { openTestDatabase, type TestDatabase } from '../test/test-server.ts';

/* An installation that has services gets names and labels in both languages when it is updated. */

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test('services that an earlier version made keep their short names, descriptions and prices, and get labels', async () => {
  const { db } = database.server;
  const before = await findDocuments(database.server, services, { order: ['id'] });
  await db.query(
    `ALTER TABLE services
       CHANGE COLUMN slug name VARCHAR(60) NOT NULL, RENAME INDEX slug TO name,
       DROP COLUMN names, DROP COLUMN taglines, DROP COLUMN descriptions, ADD COLUMN description TEXT NOT NULL`,
  );
  const rows = await db.query<{ id: string; options: string }>('SELECT id, options FROM services', {
    type: QueryTypes.SELECT,
  });
  for (const { id, options } of rows) {
    const unlabelled = (JSON.parse(options) as object[]).map((option) => ({ ...option, labels: undefined }));
    await db.query('UPDATE services SET options = ?, description = ? WHERE id = ?', {
      replacements: [JSON.stringify(unlabelled), `About <${id}>`, id],
    });
  }
  const file = new URL('../../migrations/2026-12-01-6-service-names.ts', import.meta.url).href;
  const { up } = (await import(file)) as { up: (sequelize: Sequelize) => Promise<void> };
  await up(db);
  const after = await findDocuments(database.server, services, { order: ['id'] });
  for (const [i, service] of after.entries()) {
    expect(z.parse(services.schema, service)).toEqual(service);
    expect(service).toMatchObject({
      slug: before[i]?.slug,
      prices: before[i]?.prices,
      names: { en: '', es: '' },
      descriptions: { en: `About <${service.id}>`, es: `About <${service.id}>` },
    });
  }
  const vps = after.find(({ slug }) => slug === 'vps');
  expect(vps?.options.map(({ labels }) => labels.es)).toEqual([
    'Procesadores',
    'Memoria',
    'Almacenamiento SSD',
  ]);
});
