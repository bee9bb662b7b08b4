import { lifetimes, type TokenPurpose } from './tokens.ts';

/** Paths of the links in e-mails. The token stands behind #, which browsers send to no server and no log. */
export const linkPaths = {
  verify: (token: string) => `/verify#${token}`,
  confirm: (token: string) => `/confirm-email#${token}`,
  setPassword: (token: string) => `/set-password#${token}`,
};

/** For how many hours a link works. */
export function hoursOf(purpose: TokenPurpose): number {
  return lifetimes[purpose] / 3_600_000;
}
