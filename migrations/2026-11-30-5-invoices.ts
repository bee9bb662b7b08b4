import type { Sequelize } from 'sequelize';

// Invoices, charges, payments and adjustments; the hash chain over everything issued; records for the Spanish tax
// office; files of all nouns, which may belong to an invoice.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const day = 'CHAR(10) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const document = `
  id ${id} NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  UNIQUE KEY seq (seq, id)`;

const tables = [
  `CREATE TABLE series (
    code ${word(8)} NOT NULL,
    year INT NOT NULL,
    first_number BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    last_date ${day} NOT NULL,
    PRIMARY KEY (code, year)
  )`,
  `CREATE TABLE invoices (${document},
    number ${word(20)} NULL UNIQUE,
    series ${word(8)} NOT NULL,
    kind ${word(16)} NOT NULL,
    client ${id} NOT NULL,
    description VARCHAR(300) NOT NULL,
    date ${day} NULL,
    due_date ${day} NULL,
    currency ${word(3)} NOT NULL,
    language ${word(8)} NOT NULL,
    \`lines\` LONGTEXT NOT NULL,
    totals LONGTEXT NOT NULL,
    net BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    total BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    status ${word(16)} NOT NULL,
    seller LONGTEXT NULL,
    buyer LONGTEXT NULL,
    iban ${word(34)} NOT NULL,
    payment_text TEXT NOT NULL,
    pdf_hash ${hash} NULL,
    corrects ${id} NULL,
    corrects_number ${word(20)} NOT NULL,
    corrects_date ${day} NULL,
    reason VARCHAR(300) NOT NULL,
    corrected BIGINT NOT NULL,
    logo ${hash} NULL,
    verify_url VARCHAR(300) NOT NULL,
    recent BIGINT NOT NULL,
    KEY scope_client (client, seq),
    KEY undrawn (pdf_hash, status),
    KEY corrects (corrects),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (corrects) REFERENCES invoices (id)
  )`,
  // no_doubles forbids a second charge of one order for one period, whatever a job does.
  `CREATE TABLE charges (
    id ${id} NOT NULL PRIMARY KEY,
    order_id ${id} NOT NULL,
    from_day ${day} NOT NULL,
    to_day ${day} NOT NULL,
    amount BIGINT NOT NULL,
    invoice ${id} NOT NULL,
    made_at BIGINT NOT NULL,
    UNIQUE KEY no_doubles (order_id, from_day),
    KEY invoice (invoice),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  // A line of a bank statement pays an invoice once.
  `CREATE TABLE payments (${document},
    invoice ${id} NOT NULL,
    client ${id} NOT NULL,
    day ${day} NOT NULL,
    amount BIGINT NOT NULL,
    method ${word(16)} NOT NULL,
    reference VARCHAR(140) NOT NULL,
    source ${word(16)} NOT NULL,
    booked_by ${id} NULL,
    bank_line ${hash} NULL,
    bank_amount BIGINT NULL,
    UNIQUE KEY bank_line (bank_line, invoice),
    KEY invoice (invoice),
    KEY scope_client (client, seq),
    FOREIGN KEY (invoice) REFERENCES invoices (id),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (booked_by) REFERENCES people (id)
  )`,
  // What goes on a client's next invoice beside the charges of periods. Negative: something is given back.
  `CREATE TABLE adjustments (
    id ${id} NOT NULL PRIMARY KEY,
    client ${id} NOT NULL,
    order_id ${id} NULL,
    text VARCHAR(300) NOT NULL,
    amount BIGINT NOT NULL,
    invoice ${id} NULL,
    made_at BIGINT NOT NULL,
    made_by ${id} NULL,
    KEY waiting (invoice, client),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (invoice) REFERENCES invoices (id),
    FOREIGN KEY (made_by) REFERENCES people (id)
  )`,
  `CREATE TABLE records (
    position BIGINT NOT NULL PRIMARY KEY,
    invoice ${id} NOT NULL UNIQUE,
    body TEXT NOT NULL,
    hash ${hash} NOT NULL UNIQUE,
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  `CREATE TABLE verifactu_records (
    position BIGINT NOT NULL PRIMARY KEY,
    environment ${word(12)} NOT NULL,
    invoice ${id} NOT NULL,
    body TEXT NOT NULL,
    fingerprint ${hash} NOT NULL UNIQUE,
    state ${word(12)} NOT NULL,
    answer VARCHAR(500) NOT NULL,
    sent_at BIGINT NULL,
    KEY waiting (environment, state, position),
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  `CREATE TABLE verifactu_events (
    position BIGINT NOT NULL PRIMARY KEY,
    kind ${word(4)} NOT NULL,
    at BIGINT NOT NULL,
    detail VARCHAR(500) NOT NULL,
    body TEXT NOT NULL,
    fingerprint ${hash} NOT NULL UNIQUE
  )`,
  // No foreign key to messages: an attachment may come in before its message.
  `CREATE TABLE files (${document},
    kind ${word(16)} NOT NULL,
    client ${id} NOT NULL,
    queue ${word(16)} NULL,
    visibility ${word(8)} NOT NULL,
    ticket ${id} NULL,
    message ${id} NULL,
    invoice ${id} NULL,
    media_type ${word(64)} NOT NULL,
    file_name VARCHAR(120) NOT NULL,
    size BIGINT NOT NULL,
    sha256 ${hash} NOT NULL,
    state ${word(16)} NOT NULL,
    reason VARCHAR(300) NULL,
    KEY by_hash (sha256),
    KEY of_message (message),
    KEY of_invoice (invoice),
    KEY scope_client (client, seq),
    KEY scope_queue (queue, seq),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  `CREATE TABLE file_chunks (
    file ${id} NOT NULL,
    n INT NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (file, n),
    FOREIGN KEY (file) REFERENCES files (id) ON DELETE CASCADE
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
