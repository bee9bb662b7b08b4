import { announcements } from '#shared/announcements/schema.ts';
import { defineHooks } from '../context.ts';
import { afterAnnouncementWrite } from './after-write.ts';
import { deriveAnnouncement } from './derive.ts';

export const announcementHooks = defineHooks(announcements, {
  derive: deriveAnnouncement,
  afterWrite: afterAnnouncementWrite,
});
