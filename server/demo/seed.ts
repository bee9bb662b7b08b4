import { readFile } from 'node:fs/promises';
import { z } from 'zod/mini';
import { firstSettings } from '../settings/settings.ts';
import { demoPeople, seedDemo, type DemoPerson } from './demo.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { type Service, services } from '#shared/services/schema.ts';

type Catalogue = Omit<Service, 'id' | 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq'>[];

/**
 * Fills an empty database: settings, the catalogue and, if the configuration asks for it, the demo people with their
 * orders, tickets and invoices. A database that has people gets no demo people.
 *
 * @returns the demo people that still exist, so that the start can print them; none in production
 */
export async function seed(server: Server): Promise<DemoPerson[]> {
  const value = JSON.stringify(firstSettings);
  await server.models.settings.bulkCreate([{ name: 'provider', value }], { ignoreDuplicates: true });
  if ((await server.models.services.count()) === 0) await seedCatalogue(server);
  if (server.config.demo && (await server.models.people.count()) === 0) await seedDemo(server);
  return server.config.production ? [] : demoPeople(server);
}

async function seedCatalogue(server: Server): Promise<void> {
  const file = new URL('./catalogue.json', import.meta.url);
  const catalogue = JSON.parse(await readFile(file, 'utf8')) as Catalogue; // parsed below
  const writer = jobWriter(server, 'seed');
  await transact(server, writer, async (tx) => {
    for (const service of catalogue) {
      const document = { ...service, id: server.newId() };
      z.parse(services.schema, { ...document, createdAt: 0, updatedAt: 0, writtenAt: 0, seq: 0 });
      await tx.create(services, document);
    }
  });
}
