import type { Sequelize } from 'sequelize';

// The tax that holds until an accountant accepts what a client changed.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query('ALTER TABLE people ADD COLUMN tax_hold LONGTEXT NULL');
}
