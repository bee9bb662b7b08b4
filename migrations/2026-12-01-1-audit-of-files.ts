import type { Sequelize } from 'sequelize';

// The audit no longer holds the names and hashes of files, so that redacting their message leaves no copy.

export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `UPDATE audit SET changes = JSON_REMOVE(changes, '$.fileName', '$.sha256') WHERE collection = 'files'`,
  );
}
