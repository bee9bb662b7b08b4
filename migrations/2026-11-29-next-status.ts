import type { Sequelize } from 'sequelize';

// A status that an order will have from a day to come on.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query('ALTER TABLE orders ADD next_status JSON NULL AFTER cancels_on');
}
