import type { Page } from '@playwright/test';
import { expect, type App, type CaughtEmail } from '../start.ts';

/** The pages before the sign-in, as somebody without a session uses them. */
export function authPagesOn(page: Page, app: App) {
  return {
    alert: page.getByRole('alert'),
    async register({ username, email, password }: { username: string; email: string; password: string }) {
      await page.goto(`${app.url}/register`);
      await page.getByLabel('Username').fill(username);
      await page.getByLabel('E-mail').fill(email);
      await this.typeNewPassword('Password', password);
      await page.getByRole('button', { name: 'Create an account' }).click();
      await expect(page.getByRole('heading', { name: 'Look at your mail' })).toBeVisible();
    },
    async typeNewPassword(label: string, password: string) {
      await page.getByLabel(label, { exact: true }).fill(password);
      await page.getByLabel('The password again').fill(password);
    },
    async forgotPassword(email: string) {
      await page.goto(`${app.url}/forgot-password`);
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await expect(page.getByRole('heading', { name: 'Look at your mail' })).toBeVisible();
    },
    /** Opens the link of an e-mail and sets the password that it is for. */
    async setPassword(link: string, password: string) {
      await page.goto('about:blank'); // else only the part behind # would change, and nothing be loaded
      await page.goto(link);
      await this.typeNewPassword('New password', password);
      await page.getByRole('button', { name: 'Save the password' }).click();
    },
    /** Gives name and password; how it ends is for the test to see. */
    async signIn(login: string, password: string) {
      await page.goto(`${app.url}/sign-in`);
      await this.giveCredentials(login, password);
    },
    async giveCredentials(login: string, password: string) {
      await page.getByLabel('Username or e-mail').fill(login);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    async giveCode(code: string) {
      await page.getByLabel('Code of your app, or a recovery code').fill(code);
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
    async refuses(login: string, password: string) {
      await this.signIn(login, password);
      await expect(this.alert).toHaveText('Name or password is wrong.');
    },
  };
}

/** The e-mail to somebody with these words in its subject, as soon as it was sent. */
export async function emailTo(app: App, to: string, subject: string): Promise<CaughtEmail> {
  let found: CaughtEmail | undefined;
  const look = async () => {
    found = (await app.emails()).find((each) => each.to === to && each.subject.includes(subject));
    return found !== undefined;
  };
  await expect.poll(look, { message: `an e-mail "${subject}" to ${to}` }).toBe(true);
  if (!found) throw new Error(`there is no e-mail "${subject}" to ${to}`);
  return found;
}

export function linkIn({ text }: CaughtEmail): string {
  const [link] = /https?:\/\/\S+#\S+/.exec(text) ?? [];
  if (!link) throw new Error(`no link in the e-mail: ${text}`);
  return link;
}
