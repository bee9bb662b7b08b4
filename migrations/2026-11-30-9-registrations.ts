import type { Sequelize } from 'sequelize';

// A password is set only behind the link of the e-mail, so a registration has none.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query('ALTER TABLE registrations DROP COLUMN password_hash');
}
