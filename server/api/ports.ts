import type { Request, Response } from 'express';
import type { PassportStatic } from 'passport';
import type { ApiContext, Ports } from '#shared/settings/api-types.ts';
import * as managed from '../people/manage-people.ts';
import * as own from '../people/own-account.ts';
import { requestReset, setPassword } from '../people/recover.ts';
import { register, resend, verify } from '../people/register.ts';
import { accessOf, endedWithAccount, sessionKeyOf, signIn, signOut } from '../people/sign-in.ts';
import { listAudit } from '../settings/list-audit.ts';
import type { Server } from '../context.ts';
import { firstPage, pull } from '#sync/server/read.ts';
import type { Watch } from '#sync/server/live.ts';
import { push } from '#sync/server/write.ts';
import { nextRun } from '../invoices/next-run.ts';
import { addAdjustment, listAdjustments, removeAdjustment } from '../invoices/adjustment-commands.ts';
import { releaseOrder } from '../invoices/release-order.ts';
import { removeDraft } from '../invoices/remove-draft.ts';
import { setAnchor } from '../orders/set-anchor.ts';
import { askRun, listRuns } from '../jobs/runs.ts';
import { landing } from '../services/landing.ts';
import {
  attachMail,
  contact,
  countUnmatched,
  dismissMail,
  listMail,
  openFromMail,
} from '../tickets/inbound-mail/unmatched-mail.ts';
import { introduce } from '../people/session-info.ts';
import { setLogo } from '../settings/logo.ts';
import { changeQueuedEmail, listOutbox, resumeOutbox } from '../email/outbox-commands.ts';
import { latest, page, publishPage } from '../settings/pages.ts';
import { saveSettings, storedSettings } from '../settings/settings.ts';
import { resendRecord, verifactuState } from '../invoices/verifactu/status.ts';

type Made = { server: Server; watch: Watch; passport: PassportStatic };

/** What the API knows of a request: who makes it, and the functions of the server. */
export function contextOf(made: Made, request: Request, response: Response): ApiContext {
  const access = accessOf(request);
  return {
    actor: access?.actor ?? null,
    epoch: access?.epoch ?? 0,
    disabled: endedWithAccount(request),
    ports: portsOf(made, request, response),
  };
}

function portsOf({ server, watch, passport }: Made, request: Request, response: Response): Ports {
  const address = request.ip ?? '';
  const session = () => sessionKeyOf(request);
  /** What other replicas are to hear of at once, not at the next turn. */
  const told = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    watch.look();
    return result;
  };
  return {
    signIn: (credentials) => signIn(server, passport, { request, response, credentials }),
    signOut: () => told(signOut(server, request)),
    provider: (actor) => introduce(server, actor),

    register: (given) => told(register(server, given, address)),
    resend: (email) => resend(server, email, address),
    verify: (given) => told(verify(server, given, address)),
    requestReset: (email) => requestReset(server, email, address),
    setPassword: (given) => told(setPassword(server, given, address)),
    confirmEmail: (token) => told(own.confirmEmail(server, token, address)),
    changePassword: (actor, given) =>
      told(own.changePassword(server, actor, { ...given, session: session() })),
    changeEmail: (actor, given) => own.changeEmail(server, actor, { ...given, address }),
    beginTotp: (actor, given) => own.beginTotp(server, actor, { ...given, address }),
    confirmTotp: (actor, given) =>
      told(own.confirmTotp(server, actor, { ...given, address, session: session() })),
    removeTotp: (actor, proof) => own.removeTotp(server, actor, proof),
    newRecoveryCodes: (actor, proof) => own.newRecoveryCodes(server, actor, proof),
    ownSecurity: (actor) => own.ownSecurity(server, actor, session()),
    endOwnSessions: (actor, given) => told(own.endOwnSessions(server, actor, given)),
    page: (given) => page(server, given),

    first: (actor, wanted) => firstPage(server, actor, wanted),
    pull: (actor, wanted) => pull(server, actor, wanted),
    push: (actor, given) => told(push(server, actor, given)),
    pokes: (actor, { since }, signal) => watch.pokes({ actor, session: session(), since }, signal),

    addPerson: (actor, given) => told(managed.addPerson(server, actor, given)),
    editPerson: (actor, given) => told(managed.editPerson(server, actor, given)),
    setRole: (actor, given) => told(managed.setRole(server, actor, given)),
    setStatus: (actor, given) => told(managed.setStatus(server, actor, given)),
    removePerson: (actor, given) => told(managed.removePerson(server, actor, given)),
    resendTo: (actor, id) => managed.resendTo(server, actor, id),
    removeTotpOf: (actor, given) => told(managed.removeTotpOf(server, actor, given)),
    endSessionsOf: (actor, id) => told(managed.endSessionsOf(server, actor, id)),

    emails: (given) => listOutbox(server, given),
    changeQueuedEmail: (actor, given) => changeQueuedEmail(server, actor, given),
    resumeOutbox: (actor) => resumeOutbox(server, actor),
    unmatchedMail: (actor) => countUnmatched(server, actor),
    incomingMail: (actor, given) => listMail(server, actor, given),
    attachMail: (actor, given) => told(attachMail(server, actor, given)),
    openFromMail: (actor, given) => told(openFromMail(server, actor, given)),
    dismissMail: (actor, id) => dismissMail(server, actor, id),
    nextRun: (day) => nextRun(server, day),
    setAnchor: (actor, given) => told(setAnchor(server, actor, given)),
    adjustments: () => listAdjustments(server),
    addAdjustment: (actor, given) => addAdjustment(server, actor, given),
    removeAdjustment: (actor, id) => removeAdjustment(server, actor, id),
    releaseOrder: (actor, given) => told(releaseOrder(server, actor, given)),
    runs: () => listRuns(server),
    runNow: (actor) => askRun(server, actor, 'make-invoices'),
    verifactu: () => verifactuState(server),
    resendRecord: (actor, position) => told(resendRecord(server, actor, position)),
    removeDraft: (actor, id) => told(removeDraft(server, actor, id)),
    landing: () => landing(server),
    contact: (given) => contact(server, given, address),
    audit: (given) => listAudit(server, given),
    readSettings: () => storedSettings(server),
    saveSettings: (actor, given) => saveSettings(server, actor, given),
    pages: () => latest(server),
    publishPage: (actor, given) => publishPage(server, actor, given),
    setLogo: (actor, png) => setLogo(server, actor, png),
  };
}
