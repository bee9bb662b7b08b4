import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app.vue';
import { firstLocale, i18n, setLocale } from './i18n/i18n.ts';
import { router } from './routes.ts';
import { useSession } from './stores/session.ts';
import './ui/tokens.css';

if (firstLocale() !== 'en') await setLocale(firstLocale());
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app');

// Signed out in another tab: what this one shows is gone from the device.
window.addEventListener('storage', ({ key, newValue }) => {
  if (key === 'cstims.session' && newValue === null) window.location.assign('/sign-in');
});
if (useSession().me) void useSession().loadProvider();
