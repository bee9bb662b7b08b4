import { createRouter, createWebHistory } from 'vue-router';
import { useSession } from './stores/session.ts';

/** Every page is loaded when it is first needed; after the first visit all of them are on the device. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: () => import('./home/start-page.vue') },
    { path: '/sign-in', component: () => import('./people/sign-in-page.vue'), meta: { bare: true } },
    { path: '/home', component: () => import('./home/client-home-page.vue') },
    { path: '/tickets/:id?', component: () => import('./tickets/inbox-page.vue') },
    { path: '/orders', component: () => import('./orders/orders-page.vue') },
    { path: '/invoices', component: () => import('./invoices/invoices-page.vue') },
    { path: '/invoices/:id', component: () => import('./invoices/invoice-page.vue') },
    { path: '/outbox', component: () => import('./outbox/outbox-page.vue') },
    { path: '/:rest(.*)*', component: () => import('./home/not-found-page.vue') },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (to.meta['bare']) return true;
  if (!session.me) return { path: '/sign-in', query: to.path === '/' ? {} : { to: to.fullPath } };
  // The replica brings RxDB with it: not part of what the sign-in page loads.
  const { openReplicaFor } = await import('./replica/replica.ts');
  await openReplicaFor(session.me);
  return true;
});
