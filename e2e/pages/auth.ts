import type { Page } from '@playwright/test';
import { expect, type App, type CaughtEmail } from '../start.ts';

/** The pages before the sign-in, as a person without a session uses them. */
export function authPagesOn(page: Page, app: App) {
  return {
    alert: page.getByRole('alert'),
    async register({ username, email }: { username: string; email: string }) {
      await page.goto(`${app.url}/register`);
      await page.getByLabel('Username').fill(username);
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button', { name: 'Create an account' }).click();
      await expect(page.getByRole('heading', { name: 'Check your e-mail' })).toBeVisible();
    },
    async typeNewPassword(label: string, password: string) {
      await page.getByLabel(label, { exact: true }).fill(password);
      await page.getByLabel('Repeat password').fill(password);
    },
    async forgotPassword(email: string) {
      await page.goto(`${app.url}/forgot-password`);
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button', { name: 'Send link' }).click();
      await expect(page.getByRole('heading', { name: 'Check your e-mail' })).toBeVisible();
    },
    /** Opens the link of an e-mail and sets a new password on its page. */
    async setPassword(link: string, password: string) {
      await page.goto('about:blank'); // otherwise only the part after # changes and the page does not load again
      await page.goto(link);
      await this.typeNewPassword('New password', password);
      await page.getByRole('button', { name: 'Save password' }).click();
    },
    /** Submits name and password. The test checks the outcome. */
    async signIn(login: string, password: string) {
      await page.goto(`${app.url}/sign-in`);
      await this.enterCredentials(login, password);
    },
    async enterCredentials(login: string, password: string) {
      await page.getByLabel('Username or e-mail').fill(login);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    async enterCode(code: string) {
      await page.getByLabel('Code from your app, or a recovery code').fill(code);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    async expectRefused(login: string, password: string) {
      await this.signIn(login, password);
      await expect(this.alert).toHaveText('Wrong username or password.');
    },
  };
}

/** Waits for an e-mail to an address whose subject contains a text, and returns it. */
export async function emailTo(app: App, to: string, subject: string): Promise<CaughtEmail> {
  let found: CaughtEmail | undefined;
  const isSent = async () => {
    found = (await app.emails()).find((each) => each.to === to && each.subject.includes(subject));
    return found !== undefined;
  };
  await expect.poll(isSent, { message: `an e-mail "${subject}" to ${to}` }).toBe(true);
  if (!found) throw new Error(`there is no e-mail "${subject}" to ${to}`);
  return found;
}

/**
 * Returns the link of an e-mail that carries a token after `#`.
 *
 * @throws if there is none
 */
export function linkIn({ text }: CaughtEmail): string {
  const [link] = /https?:\/\/\S+#\S+/.exec(text) ?? [];
  if (!link) throw new Error(`no link in the e-mail: ${text}`);
  return link;
}
