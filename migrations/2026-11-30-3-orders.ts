import type { Sequelize } from 'sequelize';

// The catalogue and the orders of its services.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const day = 'CHAR(10) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const document = `
  id ${id} NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  UNIQUE KEY seq (seq, id)`;

const tables = [
  `CREATE TABLE services (${document},
    name VARCHAR(60) NOT NULL UNIQUE,
    type ${word(16)} NOT NULL,
    prices LONGTEXT NOT NULL,
    options LONGTEXT NOT NULL,
    priced_by_admin BOOLEAN NOT NULL,
    charged_at ${word(8)} NOT NULL,
    description TEXT NOT NULL,
    available BOOLEAN NOT NULL
  )`,
  `CREATE TABLE orders (${document},
    number BIGINT NOT NULL UNIQUE,
    service ${id} NOT NULL,
    client ${id} NOT NULL,
    instance_name VARCHAR(60) NOT NULL,
    ordered_on ${day} NOT NULL,
    options LONGTEXT NOT NULL,
    billing_period ${word(8)} NOT NULL,
    alignment ${word(16)} NOT NULL,
    charged_at ${word(8)} NOT NULL,
    prices LONGTEXT NOT NULL,
    status ${word(16)} NOT NULL,
    reason VARCHAR(200) NOT NULL,
    cause ${word(16)} NULL,
    history LONGTEXT NOT NULL,
    anchor ${day} NULL,
    bill_from ${day} NULL,
    released_until ${day} NULL,
    cancels_on ${day} NULL,
    ends_by ${word(8)} NULL,
    next_status LONGTEXT NULL,
    \`change\` LONGTEXT NULL,
    terms LONGTEXT NULL,
    comments TEXT NOT NULL,
    access_details TEXT NOT NULL,
    notes TEXT NOT NULL,
    UNIQUE KEY instance (client, instance_name),
    KEY scope_client (client, seq),
    FOREIGN KEY (service) REFERENCES services (id),
    FOREIGN KEY (client) REFERENCES people (id)
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
