import type { Sequelize } from 'sequelize';

// A received e-mail is kept whole, in pieces, however large it is. A message that arrived by e-mail says what is not shown
// of it.

const statements = [
  `CREATE TABLE mail_chunks (
    mail CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    n INT NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (mail, n),
    FOREIGN KEY (mail) REFERENCES incoming (id) ON DELETE CASCADE
  )`,
  'INSERT INTO mail_chunks (mail, n, bytes) SELECT id, 0, raw FROM incoming WHERE raw IS NOT NULL',
  'ALTER TABLE incoming DROP COLUMN raw',
  'ALTER TABLE messages ADD COLUMN email LONGTEXT NULL',
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const statement of statements) await sequelize.query(statement);
}
