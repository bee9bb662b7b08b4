import type { Sequelize } from 'sequelize';

// Records for the Spanish tax office with what it answered, the events around them, and the address that an invoice prints.

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';

const steps = [
  `ALTER TABLE invoices ADD verify_url VARCHAR(300) NOT NULL DEFAULT ''`,
  `ALTER TABLE invoices ALTER verify_url DROP DEFAULT`,
  `CREATE TABLE verifactu_records (
    position BIGINT NOT NULL PRIMARY KEY,
    environment ${word(12)} NOT NULL,
    invoice ${id} NOT NULL,
    body TEXT NOT NULL,
    fingerprint ${hash} NOT NULL UNIQUE,
    state ${word(12)} NOT NULL,
    answer VARCHAR(500) NOT NULL,
    sent_at BIGINT NULL,
    FOREIGN KEY (invoice) REFERENCES invoices (id),
    KEY waiting (environment, state, position)
  )`,
  `CREATE TABLE verifactu_events (
    position BIGINT NOT NULL PRIMARY KEY,
    kind ${word(4)} NOT NULL,
    at BIGINT NOT NULL,
    detail VARCHAR(500) NOT NULL,
    body TEXT NOT NULL,
    fingerprint ${hash} NOT NULL UNIQUE
  )`,
  `INSERT INTO counters (name, value) VALUES ('verifactu', 0), ('verifactu-event', 0)`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of steps) await sequelize.query(sql);
}
