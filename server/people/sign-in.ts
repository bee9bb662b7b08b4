import type { Request, Response } from 'express';
import type { PassportStatic } from 'passport';
import { Strategy } from 'passport-local';
import { DomainError } from '#shared/errors.ts';
import type { Credentials } from '#shared/people/account-input.ts';
import { notifyOfAccountChange } from './notify.ts';
import { findAccess, needsTotp, passwordHashOf, type Access } from './find-person.ts';
import { hashPassword, isOutdated } from './password.ts';
import { deviceKey, proveBeforeSignIn, secondFactor, type SignInTry } from './prove.ts';
import { networkOf } from '../limits/network.ts';
import { keyOf } from './session-store.ts';
import { forgetTries } from './throttle.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { findRows } from '../models/rows.ts';
import type { Person } from '#shared/people/schema.ts';

/** Sets up passport: it knows a person by name, password and second factor, then by the id in the session. */
export function setUpPassport(server: Server, passport: PassportStatic): void {
  const options = { usernameField: 'login', passwordField: 'password', passReqToCallback: true as const };
  passport.use(
    // eslint-disable-next-line max-params -- passport-local calls it with these four
    new Strategy(options, (request, login, password, done) => {
      const { code, device } = request.body as Credentials; // set by signIn below
      check(server, { login, password, code, device, address: networkOf(request.ip ?? '') }).then(
        (access) => done(null, access),
        (error: unknown) => done(error),
      );
    }),
  );
  passport.serializeUser((user, done) => done(null, (user as Access).person.id));
  // Role, status and second factor are read from the database at every request, never from the session.
  passport.deserializeUser((id, done) => {
    findAccess(server, String(id)).then(
      (access) =>
        done(null, access?.person.status === 'verified' && !needsTotp(server, access) ? access : false),
      (error: unknown) => done(error),
    );
  });
}

async function check(server: Server, entered: SignInTry): Promise<Access> {
  const { access, limit, codeIsProven } = await proveBeforeSignIn(server, entered);
  if (needsTotp(server, access)) throw new DomainError('second-factor-required');
  // A code works once, so it is not checked again.
  if (!codeIsProven) await secondFactor(server, access, entered.code);
  await forgetTries(server, limit);
  return access;
}

type SignInRequest = { request: Request; response: Response; credentials: Credentials };

/**
 * Signs in on this request: a new session id (no fixation), the cookie set, an e-mail where the device is new.
 *
 * @throws DomainError 'too-many-tries', 'wrong-credentials', 'code-needed', 'wrong-code', 'second-factor-required'
 */
export async function signIn(
  server: Server,
  passport: PassportStatic,
  { request, response, credentials }: SignInRequest,
): Promise<Actor & { epoch: number }> {
  const access = await authenticate(passport, { request, response, credentials });
  const { person, epoch } = access;
  const device = credentials.device ? deviceKey(credentials.device) : null;
  const { session } = request;
  session.agent = (request.headers['user-agent'] ?? '').replace(/\p{Cc}/gu, '').slice(0, 200);
  if (device) session.device = device;
  await new Promise<void>((done, failed) => {
    session.save((error: unknown) => (error ? failed(asError(error)) : done()));
  });
  const hash = await passwordHashOf(server, person.id);
  if (hash !== null && isOutdated(hash)) {
    const passwordHash = await hashPassword(credentials.password);
    // Only if no other password was set meanwhile.
    const where = { person: person.id, passwordHash: hash };
    await server.models.credentials.update({ passwordHash }, { where });
  }
  await recordSignIn(server, person, device);
  server.log.info({ person: person.id, role: person.role, address: request.ip }, 'signed in');
  return { id: person.id, role: person.role, name: person.displayName, epoch };
}

/** Records a sign-in and its device. A new device sends an e-mail, except the first one of the account. */
async function recordSignIn(server: Server, person: Person, device: string | null): Promise<void> {
  const writer = commandBy(server, actorFrom(person));
  await transact(server, writer, async (tx) => {
    const { transaction } = tx;
    const known = await findRows(server.models.devices, {
      where: { person: person.id },
      transaction,
    });
    const isKnown = known.some((row) => row.device === device);
    if (!isKnown && known.length > 0) await notifyOfAccountChange(tx, person, 'device');
    if (!isKnown && device !== null) {
      const row = { person: person.id, device, since: tx.now };
      await server.models.devices.bulkCreate([row], { ignoreDuplicates: true, transaction });
    }
    tx.note({ collection: 'sessions', document: person.id, action: 'sign-in' });
  });
}

function authenticate(
  passport: PassportStatic,
  { request, response, credentials }: SignInRequest,
): Promise<Access> {
  return new Promise((done, failed) => {
    request.body = credentials;
    const answer = (error: unknown, access?: Access | false) => {
      if (error) return failed(asError(error));
      if (!access) return failed(new DomainError('wrong-credentials'));
      request.logIn(access, (problem: unknown) => (problem ? failed(asError(problem)) : done(access)));
    };
    const middleware = passport.authenticate('local', answer) as (
      request: Request,
      response: Response,
      next: (error?: unknown) => void,
    ) => void; // the types say any
    middleware(request, response, (error) => failed(asError(error)));
  });
}

/**
 * Ends the session. The cookie is then worthless. A changed counter `access` makes each server check the sessions of its
 * live streams, so the stream of this session ends too.
 */
export async function signOut(server: Server, request: Request): Promise<void> {
  await new Promise<void>((done, failed) => {
    request.session.destroy((error: unknown) => (error ? failed(asError(error)) : done()));
  });
  await server.models.counters.increment('value', { where: { name: 'access' } });
}

/** Returns the actor of a request and the epoch of their rights, or null if nobody is signed in. */
export function accessOf(request: Request): { actor: Actor; epoch: number } | null {
  const access = request.user as Access | undefined; // set by deserializeUser above
  return access ? { actor: actorFrom(access.person), epoch: access.epoch } : null;
}

export function actorFrom(person: Person): Actor {
  return { id: person.id, role: person.role, name: person.displayName };
}

/** Returns the key of the session of a request. */
export function sessionKeyOf(request: Request): string {
  return keyOf(request.sessionID);
}

/** True if the session of a request ended because its account was disabled or removed. */
export function endedWithAccount(request: Request): boolean {
  return request.session.ended !== undefined;
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
