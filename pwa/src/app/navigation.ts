import {
  ChartColumn,
  Coins,
  FileText,
  House,
  Inbox,
  Mail,
  MailQuestionMark,
  Megaphone,
  MessageSquare,
  Package,
  ScrollText,
  Settings,
  Store,
  Users,
} from '@lucide/vue';
import type { Component } from 'vue';
import type { Role } from '#shared/people/schema.ts';

export type Destination = { to: string; label: string; icon: Component };

/** The menu of each role. The first entry is its start page. */
export const destinations: Record<Role, Destination[]> = {
  client: [
    { to: '/home', label: 'nav.home', icon: House },
    { to: '/catalogue', label: 'nav.catalogue', icon: Store },
    { to: '/tickets', label: 'nav.tickets', icon: MessageSquare },
    { to: '/invoices', label: 'nav.invoices', icon: FileText },
    { to: '/announcements', label: 'nav.announcements', icon: Megaphone },
  ],
  helpdesk: [
    { to: '/tickets', label: 'nav.inbox', icon: Inbox },
    { to: '/orders', label: 'nav.orders', icon: Package },
    { to: '/mail', label: 'nav.mail', icon: MailQuestionMark },
    { to: '/announcements', label: 'nav.announcements', icon: Megaphone },
  ],
  accountant: [
    { to: '/overview', label: 'nav.overview', icon: ChartColumn },
    { to: '/invoices', label: 'nav.invoices', icon: FileText },
    { to: '/billing', label: 'nav.billing', icon: Coins },
    { to: '/tickets', label: 'nav.inbox', icon: Inbox },
    { to: '/orders', label: 'nav.orders', icon: Package },
    { to: '/people', label: 'nav.people', icon: Users },
    { to: '/mail', label: 'nav.mail', icon: MailQuestionMark },
    { to: '/announcements', label: 'nav.announcements', icon: Megaphone },
  ],
  admin: [
    { to: '/overview', label: 'nav.overview', icon: ChartColumn },
    { to: '/orders', label: 'nav.orders', icon: Package },
    { to: '/tickets', label: 'nav.inbox', icon: Inbox },
    { to: '/invoices', label: 'nav.invoices', icon: FileText },
    { to: '/billing', label: 'nav.billing', icon: Coins },
    { to: '/services', label: 'nav.catalogue', icon: Store },
    { to: '/people', label: 'nav.people', icon: Users },
    { to: '/announcements', label: 'nav.announcements', icon: Megaphone },
    { to: '/mail', label: 'nav.mail', icon: MailQuestionMark },
    { to: '/outbox', label: 'nav.outbox', icon: Mail },
    { to: '/audit', label: 'nav.audit', icon: ScrollText },
    { to: '/settings', label: 'nav.settings', icon: Settings },
  ],
};

/** The path of a role's first page. */
export const firstPageOf = (role: Role): string => destinations[role][0]?.to ?? '/sign-in';

/** True if a page is in the menu of other roles, but not in the one of this role. Such a page would be empty. */
export function isOfOthers(role: Role, path: string): boolean {
  const isIn = (menu: Destination[]) => menu.some(({ to }) => to === path);
  return !isIn(destinations[role]) && Object.values(destinations).some(isIn);
}
