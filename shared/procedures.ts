import type { Role } from './people/schema.ts';
import type { Actor } from './people/actor.ts';

/** Who may call a procedure of the API: anybody, everybody who is signed in, or these roles. */
export type Audience = 'anybody' | 'signed-in' | readonly Role[];

const admin: readonly Role[] = ['admin'];
const books: readonly Role[] = ['accountant', 'admin'];
const staff: readonly Role[] = ['helpdesk', 'accountant', 'admin'];

/** Every procedure of the API. A procedure that is not listed here can be called by nobody. */
export const procedures: Readonly<Record<string, Audience>> = {
  'account.me': 'anybody',
  'account.signIn': 'anybody',
  'account.signOut': 'anybody',
  'account.register': 'anybody',
  'account.resend': 'anybody',
  'account.verify': 'anybody',
  'account.requestReset': 'anybody',
  'account.setPassword': 'anybody',
  'account.confirmEmail': 'anybody',
  // Staff must set up a second factor before they can sign in, so both calls check the password instead of a session.
  'account.beginTotp': 'anybody',
  'account.confirmTotp': 'anybody',
  'account.removeTotp': 'signed-in',
  'account.newRecoveryCodes': 'signed-in',
  'account.changePassword': 'signed-in',
  'account.changeEmail': 'signed-in',
  'account.sessions': 'signed-in',
  'account.endSessions': 'signed-in',
  'sync.first': 'signed-in',
  'sync.pull': 'signed-in',
  'sync.push': 'signed-in',
  'sync.pokes': 'signed-in',
  'people.add': admin,
  'people.edit': admin,
  'people.setRole': admin,
  'people.setStatus': admin,
  'people.remove': admin,
  'people.resend': admin,
  'people.removeTotp': admin,
  'people.endSessions': admin,
  'outbox.list': admin,
  'outbox.change': admin,
  'outbox.resume': admin,
  'audit.list': admin,
  'invoices.removeDraft': books,
  'billing.nextRun': books,
  'billing.release': books,
  'billing.setAnchor': admin,
  'billing.adjustments': books,
  'billing.addAdjustment': books,
  'billing.removeAdjustment': books,
  'billing.runs': books,
  'billing.runNow': books,
  'billing.verifactu': books,
  'billing.resendRecord': books,
  'mail.count': staff,
  'mail.list': staff,
  'mail.attach': staff,
  'mail.open': staff,
  'mail.dismiss': staff,
  // The whole e-mail of a message that the caller may see.
  'mail.original': 'signed-in',
  'mail.renewAddresses': staff,
  'public.landing': 'anybody',
  'contact.send': 'anybody',
  'settings.page': 'anybody',
  'settings.read': admin,
  'settings.save': admin,
  'settings.pages': admin,
  'settings.publish': admin,
  'settings.logo': admin,
};

/** Files that are generated on request. No document exists for them, so their rights are listed here. */
export const files = { package: books } as const;

export function mayFetch(actor: Actor, file: keyof typeof files): boolean {
  return files[file].includes(actor.role);
}

/** True if the actor may call the procedure. Null: nobody is signed in. */
export function mayCall(actor: Actor | null, path: string): boolean {
  const audience = Object.hasOwn(procedures, path) ? procedures[path] : undefined;
  if (audience === undefined) return false;
  if (audience === 'anybody') return true;
  if (!actor) return false;
  return audience === 'signed-in' || audience.includes(actor.role);
}
