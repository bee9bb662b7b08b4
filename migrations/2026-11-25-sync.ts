import type { Sequelize } from 'sequelize';

// First pulls go through open tickets before the others, newest first; answers that are held until their author is asked.

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

const steps = [
  `ALTER TABLE tickets
    ADD KEY open_of_client (client, status, seq),
    ADD KEY open_of_queue (queue, status, seq)`,
  `ALTER TABLE messages ADD letter ${word(8)} NOT NULL DEFAULT 'due'`,
  `ALTER TABLE messages ALTER letter DROP DEFAULT`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of steps) await sequelize.query(sql);
}
