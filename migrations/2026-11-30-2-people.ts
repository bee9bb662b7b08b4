import type { Sequelize } from 'sequelize';

// People, what only the server knows of them (secrets, sessions, tokens, second factors), and the runs of jobs that
// somebody asked for.

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

const tables = [
  `CREATE TABLE people (${document},
    username VARCHAR(32) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE,
    display_name VARCHAR(80) NOT NULL,
    email VARCHAR(254) NOT NULL UNIQUE,
    role ${word(16)} NOT NULL,
    status ${word(16)} NOT NULL,
    language ${word(8)} NOT NULL,
    available BOOLEAN NOT NULL,
    preferences LONGTEXT NOT NULL,
    identity LONGTEXT NULL,
    tax_treatment LONGTEXT NULL,
    KEY scope_role (role, seq)
  )`,
  // epoch: how often the person's rights changed. A replica of another epoch is made anew.
  `CREATE TABLE credentials (
    person ${id} NOT NULL PRIMARY KEY,
    password_hash VARCHAR(255) NULL,
    changed_at BIGINT NOT NULL,
    epoch INT NOT NULL,
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  // A session that was ended stays as a row without rights: it tells the device why.
  `CREATE TABLE sessions (
    id_hash ${hash} NOT NULL PRIMARY KEY,
    id ${id} NOT NULL,
    person ${id} NULL,
    data LONGTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    agent VARCHAR(200) NOT NULL,
    device ${hash} NULL,
    ended ${word(16)} NULL,
    UNIQUE KEY public_id (id),
    KEY person (person),
    KEY seen (seen_at),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE SET NULL
  )`,
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
  `CREATE TABLE runs (
    id ${id} NOT NULL PRIMARY KEY,
    job ${word(32)} NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NULL,
    asked_by ${id} NULL,
    progress LONGTEXT NOT NULL,
    result LONGTEXT NULL,
    error VARCHAR(500) NULL,
    KEY newest (job, started_at),
    FOREIGN KEY (asked_by) REFERENCES people (id) ON DELETE SET NULL
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
