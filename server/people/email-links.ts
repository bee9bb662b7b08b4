import { lifetimes, type TokenPurpose } from './tokens.ts';

/** The paths of links in e-mails. The token follows the #, so browsers never send it and no log contains it. */
export const linkPaths = {
  /** `wanted`: the page that the person wanted when they registered. */
  verify: (token: string, wanted: string | null) =>
    `/verify${wanted ? `?to=${encodeURIComponent(wanted)}` : ''}#${token}`,
  confirm: (token: string) => `/confirm-email#${token}`,
  setPassword: (token: string) => `/set-password#${token}`,
};

/** Returns for how many hours a link works. */
export function hoursOf(purpose: TokenPurpose): number {
  return lifetimes[purpose] / 3_600_000;
}
