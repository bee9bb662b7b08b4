import { defineConfig } from '@playwright/test';
import base from '../playwright.config.ts';

/** `npm run screens` takes pictures of every page. They are for people to look at, so no test compares them. */
export default defineConfig({
  ...base,
  testDir: '.',
  testMatch: 'screens.ts',
  globalSetup: '../global-setup.ts',
  outputDir: '../../test-results',
  timeout: 600_000,
  use: { ...base.use, actionTimeout: 10_000 },
  expect: { timeout: 15_000 },
  workers: 2,
  reporter: 'line',
});
