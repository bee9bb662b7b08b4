import type { Sequelize } from 'sequelize';

// The history that the counter `sync` belongs to. A database restored from a backup begins a new one, because what was
// written after the backup is gone and its numbers are given out again. `from_seq`: the counter when it began.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `CREATE TABLE generations (
      id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      number INT NOT NULL UNIQUE,
      from_seq BIGINT NOT NULL,
      made_at BIGINT NOT NULL
    )`,
  );
  await sequelize.query(
    'INSERT INTO generations (id, number, from_seq, made_at) VALUES (UUID(), 1, 0, UNIX_TIMESTAMP() * 1000)',
  );
}
