import type { Sequelize } from 'sequelize';

// What every server needs before there is a document: counters, settings, throttles, jobs, and the engine's own tables.
// In all migrations: times are milliseconds since 1970 (BIGINT), calendar days are YYYY-MM-DD, money is integer minor
// units, structures are JSON text.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const tables = [
  `CREATE TABLE counters (
    name ${word(32)} NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
  )`,
  // sync: the seq of the last written row. access: rises when somebody's rights change. The others are numbers that
  // people see, or positions in a chain.
  `INSERT INTO counters (name, value) VALUES
    ('sync', 0), ('access', 0), ('ticket', 1000), ('order', 100),
    ('record', 0), ('verifactu', 0), ('verifactu-event', 0)`,
  `CREATE TABLE settings (
    name ${word(64)} NOT NULL PRIMARY KEY,
    value LONGTEXT NOT NULL
  )`,
  // Logos by SHA-256, kept as they were printed on invoices.
  `CREATE TABLE logos (
    hash ${hash} NOT NULL PRIMARY KEY,
    png LONGBLOB NOT NULL
  )`,
  // Public pages. Every version is kept.
  `CREATE TABLE pages (
    name ${word(16)} NOT NULL,
    language ${word(8)} NOT NULL,
    version INT NOT NULL,
    body TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by ${id} NULL,
    PRIMARY KEY (name, language, version)
  )`,
  // How often something was tried lately, by a hash of what is counted.
  `CREATE TABLE throttles (
    name ${hash} NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    tries INT NOT NULL,
    KEY since (since)
  )`,
  // Who may run a job now. The fence is one higher with each holder.
  `CREATE TABLE leases (
    name ${word(32)} NOT NULL PRIMARY KEY,
    holder ${id} NULL,
    fence BIGINT NOT NULL,
    held_until BIGINT NOT NULL
  )`,
  // Who lost sight of which document. An audience is a role, or a role and a person.
  `CREATE TABLE removals (
    id ${id} NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    collection ${word(32)} NOT NULL,
    document ${id} NOT NULL,
    audience ${word(64)} NOT NULL,
    KEY of_audience (collection, audience, seq),
    KEY seq (seq)
  )`,
  // No foreign key to people: who did something stays known when the person is gone.
  `CREATE TABLE audit (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    device_time BIGINT NOT NULL,
    actor ${id} NULL,
    actor_name VARCHAR(80) NOT NULL,
    device VARCHAR(64) NOT NULL,
    collection ${word(32)} NOT NULL,
    document ${word(64)} NOT NULL,
    action ${word(16)} NOT NULL,
    changes LONGTEXT NOT NULL,
    written_fields LONGTEXT NULL,
    KEY of_document (document, id),
    KEY by_actor (actor, id),
    KEY by_time (at)
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
