import { ref } from 'vue';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const chosen = () => document.documentElement.dataset['theme'];

export const isDark = ref(chosen() ? chosen() === 'dark' : system.matches);
system.addEventListener('change', () => {
  if (!chosen()) isDark.value = system.matches;
});

/** Chooses the other theme and remembers it on this device (read again by public/theme.js). */
export function toggleTheme(): void {
  const theme = isDark.value ? 'light' : 'dark';
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem('cstims.theme', theme);
  isDark.value = theme === 'dark';
}
