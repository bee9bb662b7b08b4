import type { Sequelize } from 'sequelize';

// Whether the client asked, when ordering, that the service begin before the time to withdraw is over.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query('ALTER TABLE orders ADD COLUMN begin_at_once TINYINT(1) NOT NULL DEFAULT 0');
}
