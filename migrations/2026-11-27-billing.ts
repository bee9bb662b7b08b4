import { QueryTypes, type Sequelize } from 'sequelize';

// Rectifying and simplified invoices, the hash chain over everything issued, the logo as it was printed, orders that
// were released from a hold, runs of jobs and who may run them.

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const day = 'CHAR(10) CHARACTER SET ascii COLLATE ascii_bin';

const steps = [
  `ALTER TABLE invoices
    ADD corrects ${id} NULL,
    ADD corrects_number ${word(20)} NOT NULL DEFAULT '',
    ADD corrects_date ${day} NULL,
    ADD reason VARCHAR(300) NOT NULL DEFAULT '',
    ADD corrected BIGINT NOT NULL DEFAULT 0,
    ADD logo ${hash} NULL,
    ADD KEY corrects (corrects),
    ADD FOREIGN KEY (corrects) REFERENCES invoices (id)`,
  `ALTER TABLE invoices ALTER corrects_number DROP DEFAULT, ALTER reason DROP DEFAULT, ALTER corrected DROP DEFAULT`,
  // A line of a bank statement pays an invoice once.
  `ALTER TABLE payments
    ADD bank_line ${hash} NULL, ADD bank_amount BIGINT NULL, ADD UNIQUE KEY bank_line (bank_line, invoice)`,
  `ALTER TABLE orders ADD released_until ${day} NULL`,
  `ALTER TABLE series ADD first_number BIGINT NOT NULL DEFAULT 1`,
  `ALTER TABLE series ALTER first_number DROP DEFAULT`,
  `CREATE TABLE logos (
    hash ${hash} NOT NULL PRIMARY KEY,
    png LONGBLOB NOT NULL
  )`,
  // The logo of today was kept as base64 in the settings; from here its hash stands there.
  `INSERT INTO logos (hash, png)
    SELECT SHA2(FROM_BASE64(JSON_UNQUOTE(value)), 256), FROM_BASE64(JSON_UNQUOTE(value))
      FROM settings WHERE name = 'logo' AND value <> 'null'`,
  `UPDATE settings SET value = JSON_QUOTE(SHA2(FROM_BASE64(JSON_UNQUOTE(value)), 256))
    WHERE name = 'logo' AND value <> 'null'`,
  `CREATE TABLE records (
    position BIGINT NOT NULL PRIMARY KEY,
    invoice ${id} NOT NULL UNIQUE,
    body TEXT NOT NULL,
    hash ${hash} NOT NULL UNIQUE,
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  `INSERT INTO counters (name, value) VALUES ('record', 0)`,
  // Who may run a job now; the fence is one higher with each holder.
  `CREATE TABLE leases (
    name ${word(32)} NOT NULL PRIMARY KEY,
    holder ${id} NULL,
    fence BIGINT NOT NULL,
    held_until BIGINT NOT NULL
  )`,
  `CREATE TABLE runs (
    id ${id} NOT NULL PRIMARY KEY,
    job ${word(32)} NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NULL,
    asked_by ${id} NULL,
    progress LONGTEXT NOT NULL,
    result LONGTEXT NULL,
    error VARCHAR(500) NULL,
    FOREIGN KEY (asked_by) REFERENCES people (id) ON DELETE SET NULL,
    KEY newest (job, started_at)
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of steps) await sequelize.query(sql);
  await recordWhatWasIssued(sequelize);
}

type Issued = {
  id: string;
  number: string;
  date: string;
  kind: string;
  tax: string;
  total: string;
  created: string;
} & {
  seller: string | null;
  buyer: string | null;
};

/** Invoices from before the chain: a record each, in order of their dates and numbers, without a hash of their content. */
async function recordWhatWasIssued(sequelize: Sequelize): Promise<void> {
  const rows = await sequelize.query<Issued>(
    `SELECT id, number, date, kind, tax, total, seller, buyer, created_at AS created
       FROM invoices WHERE number IS NOT NULL ORDER BY date, number`,
    { type: QueryTypes.SELECT },
  );
  let previous = '';
  for (const [i, row] of rows.entries()) {
    const taxNumberOf = (party: string | null) =>
      party ? (JSON.parse(party) as { taxNumber: string }).taxNumber : '';
    const body = JSON.stringify({
      ...{ number: row.number, date: row.date, kind: row.kind },
      ...{ seller: taxNumberOf(row.seller), buyer: taxNumberOf(row.buyer) },
      ...{ tax: Number(row.tax), total: Number(row.total) },
      ...{ issuedAt: new Date(Number(row.created)).toISOString(), content: '', previous },
    });
    await sequelize.query(
      'INSERT INTO records (position, invoice, body, hash) VALUES (?, ?, ?, SHA2(?, 256))',
      {
        replacements: [i + 1, row.id, body, body],
      },
    );
    const [made] = await sequelize.query<{ hash: string }>('SELECT hash FROM records WHERE position = ?', {
      replacements: [i + 1],
      type: QueryTypes.SELECT,
    });
    previous = made?.hash ?? '';
  }
  await sequelize.query(`UPDATE counters SET value = ? WHERE name = 'record'`, {
    replacements: [rows.length],
  });
}
