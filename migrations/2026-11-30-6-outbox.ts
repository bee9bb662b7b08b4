import type { Sequelize } from 'sequelize';

// E-mails that are to be sent: one row a recipient. The dedupe key says what happened to what, so one event is mailed
// once to each; the payload says what the e-mail tells of it.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `CREATE TABLE outbox (
      id ${id} NOT NULL PRIMARY KEY,
      kind ${word(32)} NOT NULL,
      document ${word(64)} NOT NULL,
      dedupe_key ${word(200)} NOT NULL,
      payload LONGTEXT NOT NULL,
      recipient VARCHAR(254) NOT NULL,
      person ${id} NULL,
      state ${word(16)} NOT NULL,
      not_before BIGINT NOT NULL,
      attempts INT NOT NULL,
      claim ${id} NULL,
      claimed_until BIGINT NOT NULL,
      message_id VARCHAR(120) NOT NULL UNIQUE,
      last_error VARCHAR(500) NULL,
      created_at BIGINT NOT NULL,
      sent_at BIGINT NULL,
      held_by ${id} NULL,
      UNIQUE KEY once (dedupe_key, recipient),
      KEY about (document, kind),
      KEY due (state, not_before),
      KEY recent (created_at),
      FOREIGN KEY (person) REFERENCES people (id) ON DELETE SET NULL
    )`,
  );
}
