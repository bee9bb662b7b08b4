import type { Request, Response } from 'express';
import type { PassportStatic } from 'passport';
import { Strategy } from 'passport-local';
import { Op, type WhereOptions } from 'sequelize';
import type { Person } from '#shared/collections/people.ts';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/policy/actor.ts';
import type { Server } from '../context.ts';
import { toDocument } from '../documents/row.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { countTry, forgetTries, signInLimits } from './throttle.ts';

/** Teaches passport who people are: by username or e-mail and password, then by the id kept in the session. */
export async function setUpPassport(server: Server, passport: PassportStatic): Promise<void> {
  // Checked where nobody has the name, so that the answer takes as long for unknown names as for known ones.
  const nobody = await hashPassword(server.newId());
  passport.use(
    new Strategy({ usernameField: 'login', passwordField: 'password' }, (login, password, done) => {
      check(server, { login, password, nobody }).then(
        (person) => done(null, person ?? false),
        (error: unknown) => done(error),
      );
    }),
  );
  passport.serializeUser((user, done) => done(null, (user as Person).id));
  // Role and status are read from the database at every request, never from the session.
  passport.deserializeUser((id, done) => {
    findPerson(server, { id: String(id) }).then(
      (person) => done(null, person?.status === 'verified' ? person : false),
      (error: unknown) => done(error),
    );
  });
}

async function check(
  server: Server,
  { login, password, nobody }: { login: string; password: string; nobody: string },
): Promise<Person | null> {
  const name = login.trim().toLowerCase();
  // Usernames are ASCII, and so is their column: it is not compared with anything else.
  const isAscii = /^[\x20-\x7e]*$/.test(name);
  const person = await findPerson(
    server,
    isAscii ? { [Op.or]: [{ username: name }, { email: name }] } : { email: name },
  );
  const secret =
    person && (await server.models.credentials.findOne({ where: { person: person.id }, raw: true }));
  const known = secret as unknown as { passwordHash: string } | null;
  const right = await verifyPassword(known?.passwordHash ?? nobody, password);
  return person && known && right && person.status === 'verified' ? person : null;
}

async function findPerson(server: Server, where: WhereOptions): Promise<Person | null> {
  const row = await server.models.people.findOne({ where, raw: true });
  return row ? toDocument('people', row) : null;
}

/**
 * Signs in on this request: a new session id (no fixation), the cookie set.
 *
 * @throws DomainError 'too-many-tries', 'wrong-credentials'
 */
export async function signIn(
  server: Server,
  passport: PassportStatic,
  { request, response, credentials }: SignInRequest,
): Promise<Person> {
  const limits = signInLimits(credentials.login, request.ip ?? '');
  await countTry(server, limits.address);
  await countTry(server, limits.account);
  const person = await authenticate(passport, { request, response, credentials });
  await forgetTries(server, limits.account);
  server.log.info({ person: person.id }, 'signed in');
  return person;
}

type SignInRequest = {
  request: Request;
  response: Response;
  credentials: { login: string; password: string };
};

function authenticate(
  passport: PassportStatic,
  { request, response, credentials }: SignInRequest,
): Promise<Person> {
  return new Promise((done, failed) => {
    request.body = credentials;
    const answer = (error: unknown, person?: Person | false) => {
      if (error) return failed(asError(error));
      if (!person) return failed(new DomainError('wrong-credentials'));
      request.logIn(person, (problem: unknown) => (problem ? failed(asError(problem)) : done(person)));
    };
    const middleware = passport.authenticate('local', answer) as (
      request: Request,
      response: Response,
      next: (error?: unknown) => void,
    ) => void; // the types say any
    middleware(request, response, (error) => failed(asError(error)));
  });
}

/** Ends the session and clears the cookie. */
export function signOut(request: Request): Promise<void> {
  return new Promise((done, failed) => {
    request.session.destroy((error: unknown) => (error ? failed(asError(error)) : done()));
  });
}

/** Who asks, or null. */
export function actorOf(request: Request): Actor | null {
  const person = request.user as Person | undefined; // set by deserializeUser above
  return person ? { id: person.id, role: person.role, name: person.displayName } : null;
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
