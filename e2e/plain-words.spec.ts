import type { Page } from '@playwright/test';
import { expect, openAs, test } from './start.ts';

/* No page shows what only the program understands: keys of texts, ISO dates, times in milliseconds, codes. */

const pages = {
  lucia: ['/home', '/catalogue', '/tickets', '/invoices', '/announcements', '/account', '/sync-issues'],
  ana: ['/tickets', '/orders', '/mail', '/announcements', '/account', '/canned-replies'],
  ines: ['/overview', '/invoices', '/billing', '/tickets', '/orders', '/people', '/mail', '/announcements'],
  arturo: [
    '/overview',
    '/services',
    '/people',
    '/outbox',
    '/audit',
    '/settings',
    '/billing',
    '/orders',
    '/mail',
  ],
};

/** What a page must not show, by what it is. The names before a dot are those of the texts' groups. */
const forbidden: Record<string, RegExp> = {
  'a key of a text':
    /\b(common|errors|fields|tickets|orders|order|invoices|pay|files|draft|correct|people|account|services|catalogue|billing|bank|figures|audit|settings|outbox|mail|home|sync|syncIssues|totp|auth|signIn|landing|keys|nav)\.[a-z][A-Za-z]+/,
  'an ISO date': /\b(19|20)\d\d-[01]\d-[0-3]\d\b/,
  'a time in milliseconds': /\b1[6-9]\d{11}\b/,
  'a value of the program': /\[object |\bundefined\b|\bNaN\b|\bnull\b/,
  'a code':
    /\b(nofix|part paid|setting-up|no-token|unknown-sender|auto-submitted|auto-reply|ticket-[a-z]+|order-[a-z]+|invoice-[a-z]+|account-changed|verify-email|cancelsOn|nextStatus|waitingFor|closingComment|instanceName|displayName)\b/,
};

/** Everything that a person reads or hears on the page. */
const wordsOn = (page: Page) =>
  page.evaluate(() => {
    const named = [...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap((element) =>
      ['aria-label', 'placeholder', 'title'].map((name) => element.getAttribute(name) ?? ''),
    );
    return [document.body.innerText, ...named].join('\n');
  });

async function expectPlain(page: Page, where: string): Promise<void> {
  const words = await wordsOn(page);
  expect(words.length, where).toBeGreaterThan(50);
  for (const [what, pattern] of Object.entries(forbidden)) {
    const [found = ''] = pattern.exec(words) ?? [];
    expect(found, `${where} shows ${what}`).toBe('');
  }
}

for (const [person, paths] of Object.entries(pages)) {
  test(`no page of ${person} shows keys, ISO dates or codes, in English and Spanish`, async ({
    browser,
    app,
  }) => {
    const page = await openAs(browser, app, person);
    for (const language of ['en', 'es']) {
      if (language === 'es') await page.getByRole('button', { name: 'Español' }).first().click();
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      for (const path of paths) {
        await page.goto(`${app.url}${path}`);
        await expect(page.locator('main h1').first()).toBeVisible();
        await expect(page.getByTestId('loading')).toHaveCount(0);
        await expectPlain(page, `${path} (${language})`);
      }
    }
  });
}

test('no page of a visitor shows keys, ISO dates or codes, in English and Spanish', async ({ page, app }) => {
  for (const language of ['en', 'es']) {
    for (const path of [
      '/welcome',
      '/sign-in',
      '/register',
      '/forgot-password',
      '/pages/terms',
      '/pages/legal',
    ]) {
      await page.addInitScript((chosen) => localStorage.setItem('cstims.language', chosen), language);
      await page.goto(`${app.url}${path}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.locator('h1').first()).toBeVisible();
      await expectPlain(page, `${path} (${language})`);
    }
  }
});
