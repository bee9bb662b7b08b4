import { files } from '#shared/files/schema.ts';
import { defineHooks } from '../context.ts';
import { deriveFile } from './derive.ts';

export const fileHooks = defineHooks(files, { derive: deriveFile });
