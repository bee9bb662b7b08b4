import type { Component } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { loadMessages } from './i18n/i18n.ts';
import { useSession } from './session/session.ts';
import { openDialogs } from './ui/open-dialogs.ts';

/** Pages without the shell, for visitors who are not signed in or come from a link in an e-mail. */
const barePages: Record<string, () => Promise<Component>> = {
  '/sign-in': () => import('./auth/sign-in-page.vue'),
  '/register': () => import('./auth/register-page.vue'),
  '/verify': () => import('./auth/verify-page.vue'),
  '/forgot-password': () => import('./auth/forgot-password-page.vue'),
  '/set-password': () => import('./auth/set-password-page.vue'),
  '/confirm-email': () => import('./auth/confirm-email-page.vue'),
  '/second-factor': () => import('./auth/second-factor-page.vue'),
  '/pages/:name': () => import('./auth/public-page.vue'),
};

const mailPage = async () => {
  await loadMessages('email');
  return import('./tickets/inbound-mail/mail-page.vue');
};

/**
 * True while the router asks about a step back. Its listener comes after this one, because it is added later, and it asks its
 * first guard before a timer can run.
 */
let isBack = false;
addEventListener('popstate', () => {
  isBack = true;
  setTimeout(() => (isBack = false));
});

/** Pages are loaded when first needed. After the first visit, all of them are cached on the device. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // Never shown: the guard below leads to the first page of the visitor or person.
    { path: '/', component: { render: () => null } },
    ...Object.entries(barePages).map(([path, component]) => ({ path, component, meta: { bare: true } })),
    {
      path: '/welcome',
      component: () => import('./landing/landing-page.vue'),
      meta: { bare: true, visitor: true },
    },
    { path: '/home', component: () => import('./app/home/client-home-page.vue') },
    { path: '/overview', component: () => import('./app/home/overview-page.vue'), meta: { admin: true } },
    { path: '/catalogue', component: () => import('./services/catalogue-page.vue') },
    { path: '/catalogue/:id', component: () => import('./orders/order-page.vue'), meta: { admin: true } },
    { path: '/services', component: () => import('./services/services-page.vue'), meta: { admin: true } },
    { path: '/services/:id', component: () => import('./services/service-page.vue'), meta: { admin: true } },
    { path: '/tickets/:id?', component: () => import('./tickets/inbox-page.vue') },
    { path: '/orders', component: () => import('./orders/orders-page.vue'), meta: { admin: true } },
    { path: '/orders/:id', component: () => import('./orders/order-detail-page.vue'), meta: { admin: true } },
    {
      path: '/billing',
      component: () => import('./invoices/billing/billing-page.vue'),
      meta: { admin: true },
    },
    { path: '/invoices', component: () => import('./invoices/invoices-page.vue') },
    { path: '/invoices/:id', component: () => import('./invoices/invoice-page.vue') },
    { path: '/clients/:id/statement', component: () => import('./invoices/statement-page.vue') },
    { path: '/account', component: () => import('./people/account/account-page.vue'), meta: { admin: true } },
    { path: '/people', component: () => import('./people/people-page.vue'), meta: { admin: true } },
    { path: '/clients/:id', component: () => import('./app/home/client-page.vue'), meta: { admin: true } },
    { path: '/mail', component: mailPage, meta: { admin: true } },
    { path: '/outbox', component: () => import('./admin/outbox-page.vue'), meta: { admin: true } },
    {
      path: '/audit',
      component: () => import('./admin/audit-page.vue'),
      meta: { admin: true, syncIssues: true },
    },
    { path: '/settings', component: () => import('./settings/settings-page.vue'), meta: { admin: true } },
    { path: '/announcements', component: () => import('./announcements/announcements-page.vue') },
    { path: '/canned-replies', component: () => import('./tickets/canned-replies/canned-replies-page.vue') },
    {
      path: '/sync-issues',
      component: () => import('./sync-issues/sync-issues-page.vue'),
      meta: { syncIssues: true },
    },
    { path: '/:rest(.*)*', component: () => import('./app/home/not-found-page.vue') },
  ],
});

/** Loads the code of a page and of its frame. */
async function loadPage(path: string): Promise<void> {
  const page = router.resolve(path).matched[0]?.components?.['default'];
  const load = typeof page === 'function' ? (page as () => Promise<unknown>) : () => null; // lazy, in the list above
  await Promise.all([load(), import('./app/app-shell.vue')]);
}

/** Loads what follows the sign-in. It is large, and the person still types meanwhile. */
async function preload(): Promise<void> {
  await import('./app/open-replica.ts');
  await loadMessages('auth', 'landing', 'inside', 'admin');
  for (const path of ['/tickets', '/home', '/overview']) await loadPage(path);
}
const preloadDelayMs = 300;
router.afterEach(({ path }) => {
  // What fails is loaded again when it is needed.
  if (path === '/sign-in') setTimeout(() => void preload().catch(() => undefined), preloadDelayMs);
});

router.beforeEach(() => {
  const close = isBack && openDialogs.at(-1);
  if (close) close();
  return !close;
});
router.beforeEach(async (to) => {
  const session = useSession();
  if (to.meta['bare']) {
    if (to.path !== '/sign-in') await loadMessages(to.meta['visitor'] ? 'landing' : 'auth');
    return true;
  }
  if (!session.me && to.path === '/') return '/welcome';
  if (!session.me) return { path: '/sign-in', query: { to: to.fullPath } };
  if (to.path === '/') return (await import('./app/navigation.ts')).firstPageOf(session.me.role);
  if (to.meta['admin']) await loadMessages('admin');
  if (to.meta['syncIssues']) await loadMessages('syncIssues');
  const { me } = session;
  const opening = import('./app/open-replica.ts').then(({ openReplica }) => {
    // The page is shown meanwhile. It cannot be used before the replica is open (app-shell.vue).
    void openReplica(me, () => void router.push('/sign-in'));
  });
  // The router itself loads the page only after this guard, and reports a failure.
  void loadPage(to.path).catch(() => undefined);
  const texts = loadMessages('auth', 'landing', 'inside');
  const [{ isOfOthers }] = await Promise.all([import('./app/navigation.ts'), opening, texts]);
  return isOfOthers(me.role, to.path) ? '/' : true;
});
