import type { Sequelize } from 'sequelize';

// A status that an order will have from a day to come on; who said that an order ends.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `ALTER TABLE orders
      ADD next_status JSON NULL AFTER cancels_on,
      ADD ends_by VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER next_status`,
  );
}
