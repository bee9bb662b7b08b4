import { ref } from 'vue';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const chosen = () => document.documentElement.dataset['theme'];

export const isDark = ref(chosen() ? chosen() === 'dark' : system.matches);
system.addEventListener('change', () => {
  if (!chosen()) isDark.value = system.matches;
});

/** Switches the theme and stores the choice on this device (public/theme.js reads it at startup). */
export function toggleTheme(): void {
  const theme = isDark.value ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem('cstims.theme', theme);
  isDark.value = theme === 'dark';
}
