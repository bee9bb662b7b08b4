import { defineConfig } from '@playwright/test';

/** Debian's Chromium. The flags below let it run as root and without internet access. */
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const disabledFeatures = [
  // Otherwise each window loads two internal pages for its address bar, which nobody sees here. They take half of the
  // CPU time of opening a page.
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  // Chromium applies only the last --disable-features, so this list repeats the features that Playwright disables.
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'PaintHolding',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
const args = [
  `--disable-features=${disabledFeatures.join(',')}`,
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
  globalSetup: './global-setup.ts',
  outputDir: '../test-results',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // One more than the two cores: tests often wait for e-mails that can still be undone, or for another person.
  workers: 3,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Madrid',
    // A trace takes a sixth of the time of each test. Use `--trace on` to debug one.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium, args },
  },
});
