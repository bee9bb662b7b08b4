import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { appFiles, isForVisitors, listName } from './app-files.ts';
import { compressAssets } from './compress-assets.ts';
import { withoutCompiler } from './without-compiler.ts';

const server = `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`;

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // The parts of every form in one file: each small file of its own costs a few hundred bytes of the first load.
        codeSplitting: {
          groups: [
            {
              name: 'forms',
              priority: 2,
              test: /vite\/preload-helper|i18n\/i18n\.ts|ui\/(?:app-button|form-field|text-input|problem-note)|session\/(?:provider-links|use-action)/,
            },
            {
              name: 'prices',
              priority: 2,
              test: /services\/(?:offer|least-price|price-text|service-price|use-service-texts|service-name)|engine\/translated\.|shared\/billing\/(?:price|money)\.|shared\/errors|engine\/domain-error/,
            },
            {
              // The replica with what every page behind the sign-in reads and writes through.
              name: 'replica',
              priority: 1,
              test: /src\/replica\//,
            },
            {
              // One file where there were thirty of a few hundred bytes each, which every device fetches and stores.
              name: 'icons',
              minShareCount: 2,
              test: /@lucide\/vue/,
            },
          ],
        },
      },
    },
  },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(['/api', '/files', '/dev'].map((path) => [path, { target: server }])),
  },
  plugins: [
    vue(),
    withoutCompiler(),
    tailwindcss(),
    appFiles(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/worker',
      filename: 'service-worker.ts',
      injectRegister: false,
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png}', '**/inter-latin-wght-normal-*.woff2', listName],
        manifestTransforms: [(entries) => ({ manifest: entries.filter(isForVisitors) })],
      },
      // The server writes it, with the provider's name (server/api/serve-app.ts).
      manifest: false,
    }),
    compressAssets(),
  ],
});
