import type { Sequelize } from 'sequelize';

// Issuing an invoice by hand carries the total that the person saw.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query('ALTER TABLE invoices ADD COLUMN approved_total BIGINT NULL');
}
