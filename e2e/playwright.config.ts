import { defineConfig } from '@playwright/test';

/** Debian's Chromium; these flags are what it needs as root and without a way to the internet. */
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    // Recording costs a sixth of the time of each test; `--trace on` does it for one that is looked into.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium, args },
  },
});
