import { services } from '#shared/services/schema.ts';
import { defineHooks } from '../context.ts';
import { deriveService } from './derive.ts';

export const serviceHooks = defineHooks(services, { derive: deriveService });
