import type { Sequelize } from 'sequelize';

// Too many e-mails that one person causes within an hour are spread. `caused_by`: a client, or 'visitors'; null: not
// counted. An e-mail is not sent before `earliest`, even if its event is released.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `ALTER TABLE outbox
       ADD COLUMN caused_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
       ADD COLUMN earliest BIGINT NOT NULL DEFAULT 0,
       ADD KEY caused (caused_by, created_at)`,
  );
}
