import { QueryTypes, type Sequelize } from 'sequelize';

// First pulls go through open tickets before the others, newest first; answers that are held until their author is
// asked; which fields the writer of a new document gave; attachments that come before their message.

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const steps = [
  `ALTER TABLE tickets
    ADD KEY open_of_client (client, status, seq),
    ADD KEY open_of_queue (queue, status, seq)`,
  `ALTER TABLE messages ADD letter ${word(8)} NOT NULL DEFAULT 'due'`,
  `ALTER TABLE messages ALTER letter DROP DEFAULT`,
  `ALTER TABLE audit ADD said LONGTEXT NULL`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of steps) await sequelize.query(sql);
  const keys = await sequelize.query<{ name: string }>(
    `SELECT constraint_name AS name FROM information_schema.key_column_usage
     WHERE table_schema = DATABASE() AND table_name = 'papers' AND referenced_table_name = 'messages'`,
    { type: QueryTypes.SELECT },
  );
  for (const { name } of keys) await sequelize.query(`ALTER TABLE papers DROP FOREIGN KEY \`${name}\``);
}
