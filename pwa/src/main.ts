import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app.vue';
import { firstLocale, i18n, setLocale } from './i18n/i18n.ts';
import { router } from './routes.ts';
import { useSession } from './session/session.ts';

import './ui/tokens.css';

if (firstLocale() !== 'en') await setLocale(firstLocale());
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app');

// Another tab signed out. The data that this tab shows is already deleted from the device.
window.addEventListener('storage', ({ key, newValue }) => {
  if (key !== 'cstims.session') return;
  if (newValue === null) return window.location.assign('/sign-in');
  // Another tab rebuilt the replica under other rights. Reload to use it.
  const { id, epoch } = JSON.parse(newValue) as { id?: string; epoch?: number };
  const { me } = useSession();
  if (id !== me?.id || epoch !== me?.epoch) window.location.assign('/');
});
const session = useSession();
window.addEventListener('online', () => void session.settleSignOut());
void session.settleSignOut().then(() => session.loadProvider());
