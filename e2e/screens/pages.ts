import type { Page } from '@playwright/test';

/** One picture: a page, and what to do on it before the picture is taken. */
export type Screen = { name: string; path: string; act?: (page: Page) => Promise<void> };

const page = (path: string): Screen => ({ name: path.slice(1).replaceAll('/', '-'), path });

/** Presses a button or link with one of its two names: English and Spanish. */
const press =
  (...names: RegExp[]) =>
  async (on: Page) => {
    for (const name of names) {
      const named = on
        .getByRole('button', { name })
        .or(on.getByRole('link', { name }))
        .or(on.getByRole('menuitem', { name }));
      await named.filter({ visible: true }).first().click();
    }
  };
const follow =
  (prefix: string, nth = 0) =>
  async (on: Page) => {
    await on.locator(`main a[href^="${prefix}"]`).nth(nth).click();
    await on.waitForURL((url) => url.pathname.startsWith(prefix));
  };
const openTicket =
  (nth: number, then: (on: Page) => Promise<void> = () => Promise.resolve()) =>
  async (on: Page) => {
    await on.getByTestId('ticket-list').getByRole('button').nth(nth).click();
    await on.locator('[role=log]').waitFor();
    await then(on);
  };
const more = /^(More|Más)$/;

const visitor = [
  page('/welcome'),
  page('/sign-in'),
  {
    name: 'sign-in-refused',
    path: '/sign-in',
    act: async (on: Page) => {
      await on.locator('input').first().fill('ana');
      await on.locator('input[type=password]').fill('wrong password');
      await on.locator('form button[type=submit]').click();
      await on.getByRole('alert').waitFor();
    },
  },
  page('/register'),
  page('/forgot-password'),
  page('/pages/terms'),
  page('/pages/privacy'),
  page('/pages/legal'),
];

const palette = (text: string): Screen => ({
  name: `palette-${text || 'empty'}`,
  path: '/announcements',
  act: async (on) => {
    await on.keyboard.press('Control+k');
    await on.getByTestId('palette').getByRole('textbox').fill(text);
    await on.waitForTimeout(500);
  },
});

const staffTickets = [
  page('/tickets'),
  { name: 'ticket', path: '/tickets', act: openTicket(0) },
  { name: 'ticket-3', path: '/tickets', act: openTicket(2) },
  { name: 'ticket-close', path: '/tickets', act: openTicket(0, press(/^(Close|Cerrar)( |$)/)) },
  {
    name: 'ticket-more',
    path: '/tickets',
    act: openTicket(0, async (on) => {
      await on.getByRole('button', { name: more }).last().click();
    }),
  },
  {
    name: 'keys',
    path: '/tickets',
    act: async (on: Page) => {
      await on.locator('main h1').first().waitFor();
      await on.keyboard.press('?');
    },
  },
];
const shared = [page('/announcements'), page('/account'), page('/sync-issues')];

/** What is photographed for each person. `visitor` is signed out. */
export const screens: Record<string, Screen[]> = {
  visitor,
  lucia: [
    page('/home'),
    page('/catalogue'),
    { name: 'order', path: '/catalogue', act: press(/(Website hosting|Alojamiento web)/) },
    {
      name: 'order-options',
      path: '/catalogue',
      act: press(/(Order|Contratar) (VPN|Virtual server|Servidor virtual)/),
    },
    { name: 'order-detail', path: '/home', act: follow('/orders/') },
    page('/tickets'),
    { name: 'ticket', path: '/tickets', act: openTicket(0) },
    { name: 'ticket-new', path: '/home', act: press(/^(New ticket|Nuevo ticket|Nueva consulta)/) },
    page('/invoices'),
    { name: 'invoice', path: '/invoices', act: follow('/invoices/') },
    { name: 'statement', path: '/invoices', act: follow('/clients/') },
    ...shared,
  ],
  ana: [
    ...staffTickets,
    page('/orders'),
    { name: 'order-detail', path: '/orders', act: follow('/orders/') },
    { name: 'client', path: '/orders', act: follow('/clients/') },
    page('/mail'),
    page('/canned-replies'),
    palette(''),
    palette('kestrel'),
    palette('firewall'),
    ...shared,
  ],
  ines: [
    page('/overview'),
    page('/invoices'),
    { name: 'invoice', path: '/invoices', act: follow('/invoices/') },
    page('/billing'),
    { name: 'billing-bank', path: '/billing', act: press(/^(Bank|Banco)$/) },
    { name: 'billing-figures', path: '/billing', act: press(/^(Figures|Cifras)$/) },
    { name: 'billing-next', path: '/billing', act: press(/^(Next run|Próxima|Siguiente)/) },
    { name: 'billing-runs', path: '/billing', act: press(/^(Runs|Ejecuciones)/) },
    page('/tickets'),
    page('/orders'),
    page('/people'),
    page('/mail'),
    ...shared,
  ],
  arturo: [
    page('/overview'),
    page('/orders'),
    { name: 'order-detail', path: '/orders', act: follow('/orders/') },
    { name: 'client', path: '/orders', act: follow('/clients/') },
    page('/invoices'),
    page('/services'),
    page('/services/new'),
    { name: 'service', path: '/services', act: follow('/services/0') },
    page('/people'),
    page('/outbox'),
    page('/audit'),
    page('/settings'),
    page('/billing'),
    page('/canned-replies'),
    ...staffTickets.slice(0, 2),
    ...shared,
  ],
};
