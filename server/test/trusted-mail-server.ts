import { settings } from '../settings/settings.ts';
import type { Server } from '../context.ts';

/** The mail server whose checks the tests trust. */
const name = 'mx.arf.example';

export async function trustMailServer(server: Server): Promise<void> {
  const value = JSON.stringify({ ...(await settings(server)), mailCheckedBy: name });
  await server.models.settings.upsert({ name: 'provider', value });
}

/** The header Authentication-Results of an e-mail that a domain has really sent, or of a forged one. */
export const passed = (domain: string) => `${name}; dmarc=pass header.from=${domain}`;
export const failed = (domain: string) => `${name}; dmarc=fail header.from=${domain}`;
