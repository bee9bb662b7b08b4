import { defineConfig } from '@playwright/test';

/** Debian's Chromium; these flags are what it needs as root and without a way to the internet. */
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const notNeeded = [
  // Each window would load two pages of the browser's own for its address bar, which nobody sees here: half of the CPU
  // that opening a page costs.
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'],
  // The last list counts, so these are the ones that Playwright itself leaves out.
  ...[
    'AvoidUnnecessaryBeforeUnloadCheckSync',
    'DestroyProfileOnBrowserClose',
    'HttpsUpgrades',
    'PaintHolding',
  ],
  ...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'ThirdPartyStoragePartitioning'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  'PreconnectToSearch',
];
const args = [
  `--disable-features=${notNeeded.join(',')}`,
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
  // One more than cores: people wait for e-mails that can still be called back, and for each other.
  workers: 3,
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
