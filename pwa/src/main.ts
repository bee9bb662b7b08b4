import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app.vue';
import { firstLocale, i18n, setLocale } from './i18n/i18n.ts';
import { router } from './routes.ts';
import './ui/tokens.css';

if (firstLocale() !== 'en') await setLocale(firstLocale());
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app');
