import type { Sequelize } from 'sequelize';

// Accounts (tokens, second factor, devices, ended sessions), lost access (removals, access epoch), the remaining
// documents (papers as one, marks, replies, announcements), public pages, and what the outbox needs to be looked after.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const document = `
  id ${id} NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  UNIQUE KEY seq (seq, id)`;

const steps = [
  `ALTER TABLE people
    ADD preferences LONGTEXT NOT NULL DEFAULT '{"answers":true,"status":true,"announcements":true}',
    ADD tax_treatment LONGTEXT NULL`,
  `ALTER TABLE people ALTER preferences DROP DEFAULT`,
  `ALTER TABLE credentials
    MODIFY password_hash VARCHAR(255) NULL,
    ADD epoch INT NOT NULL DEFAULT 0`,
  `ALTER TABLE credentials ALTER epoch DROP DEFAULT`,
  `INSERT INTO counters (name, value) VALUES ('access', 0)`,

  // A session that was ended for its person stays as a row without rights: it tells the device why.
  `ALTER TABLE sessions
    DROP FOREIGN KEY sessions_ibfk_1,
    ADD id ${id} NULL,
    ADD agent VARCHAR(200) NOT NULL DEFAULT '',
    ADD device ${hash} NULL,
    ADD ended ${word(16)} NULL`,
  `ALTER TABLE sessions ALTER agent DROP DEFAULT`,
  `UPDATE sessions SET id = UUID()`,
  `ALTER TABLE sessions MODIFY id ${id} NOT NULL, ADD UNIQUE KEY public_id (id),
    ADD FOREIGN KEY (person) REFERENCES people (id) ON DELETE SET NULL`,

  // Who did something stays known when the person is gone.
  `ALTER TABLE audit
    DROP FOREIGN KEY audit_ibfk_1,
    ADD actor_name VARCHAR(80) NOT NULL DEFAULT '',
    MODIFY document ${word(64)} NOT NULL,
    MODIFY action ${word(16)} NOT NULL,
    ADD KEY by_actor (actor, id),
    ADD KEY by_time (at)`,
  `ALTER TABLE audit ALTER actor_name DROP DEFAULT`,
  `UPDATE audit SET actor_name = COALESCE((SELECT display_name FROM people WHERE people.id = audit.actor), '')`,

  `CREATE TABLE registrations (
    id ${id} NOT NULL PRIMARY KEY,
    person ${id} NOT NULL,
    username ${word(32)} NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE tokens (
    hash ${hash} NOT NULL PRIMARY KEY,
    purpose ${word(16)} NOT NULL,
    person ${id} NOT NULL,
    registration ${id} NULL,
    email VARCHAR(254) NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT NULL,
    KEY of_person (person, purpose),
    KEY expires (expires_at),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE,
    FOREIGN KEY (registration) REFERENCES registrations (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE totp (
    person ${id} NOT NULL PRIMARY KEY,
    secret ${word(64)} NOT NULL,
    confirmed_at BIGINT NULL,
    last_step BIGINT NOT NULL,
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE recovery_codes (
    person ${id} NOT NULL,
    hash ${hash} NOT NULL,
    used_at BIGINT NULL,
    PRIMARY KEY (person, hash),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE devices (
    person ${id} NOT NULL,
    device ${hash} NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (person, device),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE removals (
    id ${id} NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    collection ${word(32)} NOT NULL,
    document ${id} NOT NULL,
    audience ${word(64)} NOT NULL,
    KEY of_audience (collection, audience, seq),
    KEY seq (seq)
  )`,
  `CREATE TABLE pages (
    name ${word(16)} NOT NULL,
    language ${word(8)} NOT NULL,
    version INT NOT NULL,
    body TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by ${id} NULL,
    PRIMARY KEY (name, language, version)
  )`,

  `ALTER TABLE papers
    ADD updated_at BIGINT NOT NULL DEFAULT 0,
    ADD written_at BIGINT NOT NULL DEFAULT 0,
    ADD seq BIGINT NOT NULL DEFAULT 0,
    ADD client ${id} NULL,
    ADD queue ${word(16)} NULL,
    ADD ticket ${id} NULL,
    ADD message ${id} NULL,
    ADD state ${word(16)} NOT NULL DEFAULT 'stored',
    ADD reason VARCHAR(300) NULL,
    ADD KEY of_invoice (invoice),
    DROP KEY once`,
  `UPDATE papers SET updated_at = created_at, written_at = created_at,
    client = (SELECT client FROM invoices WHERE invoices.id = papers.invoice)`,
  `SET @n := (SELECT value FROM counters WHERE name = 'sync')`,
  `UPDATE papers SET seq = (@n := @n + 1)`,
  `UPDATE counters SET value = @n WHERE name = 'sync'`,
  `ALTER TABLE papers
    MODIFY updated_at BIGINT NOT NULL, MODIFY written_at BIGINT NOT NULL, MODIFY seq BIGINT NOT NULL,
    MODIFY client ${id} NOT NULL, MODIFY state ${word(16)} NOT NULL,
    ADD UNIQUE KEY seq (seq, id),
    ADD KEY scope_client (client, seq),
    ADD KEY scope_queue (queue, seq),
    ADD FOREIGN KEY (client) REFERENCES people (id),
    ADD FOREIGN KEY (ticket) REFERENCES tickets (id),
    ADD FOREIGN KEY (message) REFERENCES messages (id)`,
  `ALTER TABLE messages ADD redacted BOOLEAN NOT NULL DEFAULT FALSE`,
  `ALTER TABLE messages ALTER redacted DROP DEFAULT`,

  `CREATE TABLE marks (${document},
    person ${id} NOT NULL,
    ticket ${id} NOT NULL,
    read_at BIGINT NOT NULL,
    UNIQUE KEY one_each (person, ticket),
    KEY scope_person (person, seq),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE,
    FOREIGN KEY (ticket) REFERENCES tickets (id)
  )`,
  `CREATE TABLE replies (${document},
    title VARCHAR(80) NOT NULL,
    body TEXT NOT NULL,
    queue ${word(16)} NOT NULL,
    retired BOOLEAN NOT NULL,
    KEY scope_queue (queue, seq)
  )`,
  `CREATE TABLE announcements (${document},
    audience ${word(16)} NOT NULL,
    title VARCHAR(120) NOT NULL,
    body TEXT NOT NULL,
    author_name VARCHAR(80) NOT NULL,
    recent BIGINT NOT NULL,
    KEY scope_audience (audience, seq)
  )`,

  // Held by hand is told apart from held until a PDF is drawn.
  `ALTER TABLE outbox MODIFY step BIGINT NOT NULL, ADD held_by ${id} NULL, ADD KEY recent (created_at)`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  // One connection for all steps: a session variable counts the rows that get a seq.
  await sequelize.transaction(async (transaction) => {
    for (const sql of steps) await sequelize.query(sql, { transaction });
  });
}
