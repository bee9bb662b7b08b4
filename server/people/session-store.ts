import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { Op } from 'sequelize';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';

const day = 86_400_000;
/** A session ends after 14 days without use and 60 days after its start. */
export const idleMs = 14 * day;
export const longestMs = 60 * day;
/** "Last seen" is written at most once per minute, not at every request. */
const seenEveryMs = 60_000;
const mostRemembered = 10_000;

declare module 'express-session' {
  /** The fields of a session in addition to those of express-session. */
  interface SessionData {
    passport?: { user?: string };
    agent?: string;
    device?: string;
    ended?: string;
  }
}

/**
 * Stores sessions in the database, keyed by the SHA-256 of their id, so that nobody who reads the table can use them.
 * It is a class because express-session requires a store to extend its own.
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
    // An ended session gives no rights. If its account is over too, its device must learn that, however late it returns.
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

  /** When this process last wrote "last seen" of each session. A replica sends many requests. */
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

/** Returns the key of a session's row: the SHA-256 of its id. */
export function keyOf(sid: string): string {
  return createHash('sha256').update(sid).digest('hex');
}

function settle<T>(work: Promise<T>, done: (error: unknown, value?: T) => void): void {
  work.then(
    (value) => done(null, value),
    (error: unknown) => done(error),
  );
}
