import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { Op } from 'sequelize';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';

const day = 86_400_000;
/** A session ends after 14 days without use and 60 days after its start. */
export const idleMs = 14 * day;
export const longestMs = 60 * day;
/** How exactly "last seen" is kept: one write a minute, not one a request. */
const seenEveryMs = 60_000;
const mostRemembered = 10_000;

declare module 'express-session' {
  /** What a session holds beside what express-session keeps. */
  interface SessionData {
    passport?: { user?: string };
    agent?: string;
    device?: string;
    ended?: string;
  }
}

/**
 * Sessions in the database, keyed by SHA-256 of their id: who reads the table can not use what it finds.
 * (A class, as express-session wants its stores to extend its own.)
 */
export class SessionStore extends Store {
  readonly #server: Server;

  constructor(server: Server) {
    super();
    this.#server = server;
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    settle(this.#find(sid), done);
  }

  override set(sid: string, session: SessionData, done: (error?: unknown) => void = () => undefined): void {
    settle(this.#save(sid, session), done);
  }

  override touch(sid: string, _session: SessionData, done: () => void = () => undefined): void {
    settle(this.#seen(sid), () => done());
  }

  override destroy(sid: string, done: (error?: unknown) => void = () => undefined): void {
    settle(this.#server.models.sessions.destroy({ where: { idHash: keyOf(sid) } }), done);
  }

  async #find(sid: string): Promise<SessionData | null> {
    const now = this.#server.now();
    const { sessions, people } = this.#server.models;
    const alive = { ended: null, createdAt: { [Op.gt]: now - longestMs }, seenAt: { [Op.gt]: now - idleMs } };
    const found = await findRow(sessions, {
      where: { idHash: keyOf(sid), [Op.or]: [alive, { ended: { [Op.ne]: null } }] },
    });
    if (!found) return null;
    const { data, ended, person } = found;
    const session = data as SessionData; // written by #save
    if (!ended) return session;
    // One that was ended gives no rights. Where its account is over too it says so, whenever its device comes back.
    const over = person === null || (await people.count({ where: { id: person, status: 'disabled' } })) > 0;
    return over ? { cookie: session.cookie, ended } : null;
  }

  async #save(sid: string, session: SessionData): Promise<void> {
    const now = this.#server.now();
    const { passport, agent = '', device = null } = session;
    const values = {
      data: JSON.stringify(session),
      person: passport?.user ?? null,
      agent,
      device,
      seenAt: now,
    };
    const idHash = keyOf(sid);
    const [changed] = await this.#server.models.sessions.update(values, { where: { idHash } });
    if (changed === 0) {
      const row = { idHash, id: this.#server.newId(), createdAt: now, ended: null, ...values };
      await this.#server.models.sessions.bulkCreate([row], {
        updateOnDuplicate: ['data', 'person', 'agent', 'device', 'seenAt'],
      });
    }
  }

  /** When "last seen" of a session was last written by this process: a replica asks often. */
  readonly #seenAt = new Map<string, number>();

  async #seen(sid: string): Promise<void> {
    const now = this.#server.now();
    const idHash = keyOf(sid);
    if (now - (this.#seenAt.get(idHash) ?? 0) < seenEveryMs) return;
    if (this.#seenAt.size > mostRemembered) this.#seenAt.clear();
    this.#seenAt.set(idHash, now);
    const where = { idHash, seenAt: { [Op.lt]: now - seenEveryMs } };
    await this.#server.models.sessions.update({ seenAt: now }, { where });
  }
}

/** The key of a session's row. */
export function keyOf(sid: string): string {
  return createHash('sha256').update(sid).digest('hex');
}

function settle<T>(work: Promise<T>, done: (error: unknown, value?: T) => void): void {
  work.then(
    (value) => done(null, value),
    (error: unknown) => done(error),
  );
}
