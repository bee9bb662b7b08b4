import { createHash } from 'node:crypto';
import { Store, type SessionData } from 'express-session';
import { Op } from 'sequelize';
import type { Server } from '../context.ts';

const day = 86_400_000;
/** A session ends after 14 days without use and 60 days after its start. */
const idleMs = 14 * day;
const longestMs = 60 * day;
/** How exactly "last seen" is kept: one write a minute, not one a request. */
const seenEveryMs = 60_000;

type SessionRow = { idHash: string; data: string; createdAt: string; seenAt: string };

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
    const found = await this.#server.models.sessions.findOne({
      where: {
        idHash: keyOf(sid),
        createdAt: { [Op.gt]: now - longestMs },
        seenAt: { [Op.gt]: now - idleMs },
      },
      raw: true,
    });
    return found ? (JSON.parse((found as unknown as SessionRow).data) as SessionData) : null; // written by #save
  }

  async #save(sid: string, session: SessionData): Promise<void> {
    const now = this.#server.now();
    const { passport } = session as SessionData & { passport?: { user?: string } }; // what passport keeps there
    const values = { data: JSON.stringify(session), person: passport?.user ?? null, seenAt: now };
    const idHash = keyOf(sid);
    const [changed] = await this.#server.models.sessions.update(values, { where: { idHash } });
    if (changed === 0) {
      const row = { idHash, createdAt: now, ...values };
      await this.#server.models.sessions.bulkCreate([row], {
        updateOnDuplicate: ['data', 'person', 'seenAt'],
      });
    }
  }

  async #seen(sid: string): Promise<void> {
    const now = this.#server.now();
    const where = { idHash: keyOf(sid), seenAt: { [Op.lt]: now - seenEveryMs } };
    await this.#server.models.sessions.update({ seenAt: now }, { where });
  }
}

function keyOf(sid: string): string {
  return createHash('sha256').update(sid).digest('hex');
}

function settle<T>(work: Promise<T>, done: (error: unknown, value?: T) => void): void {
  work.then(
    (value) => done(null, value),
    (error: unknown) => done(error),
  );
}
