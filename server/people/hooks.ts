import { people } from '#shared/people/schema.ts';
import { defineHooks } from '../context.ts';
import { afterPersonWrite } from './after-write.ts';
import { derivePerson } from './derive.ts';

export const personHooks = defineHooks(people, { derive: derivePerson, afterWrite: afterPersonWrite });
