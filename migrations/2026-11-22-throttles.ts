import type { Sequelize } from 'sequelize';

// How often something was tried lately: one row a name (a hash of what is counted), renewed when its window is over.
export async function up(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `CREATE TABLE throttles (
      name CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      since BIGINT NOT NULL,
      tries INT NOT NULL,
      KEY since (since)
    )`,
  );
}
