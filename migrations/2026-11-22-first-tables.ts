import type { Sequelize } from 'sequelize';

// The tables of the main job: people sign in, clients have orders and tickets, orders are billed, letters go out.
// Times are milliseconds since 1970 (BIGINT), billing dates are DATE as text (CHAR(10)), money is integer minor units.

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
  `CREATE TABLE counters (
    name ${word(32)} NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
  )`,
  `INSERT INTO counters (name, value) VALUES ('sync', 0), ('ticket', 1000), ('order', 100)`,

  `CREATE TABLE settings (
    name ${word(64)} NOT NULL PRIMARY KEY,
    value LONGTEXT NOT NULL
  )`,

  `CREATE TABLE people (${document},
    username VARCHAR(32) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL UNIQUE,
    display_name VARCHAR(80) NOT NULL,
    email VARCHAR(254) NOT NULL UNIQUE,
    role ${word(16)} NOT NULL,
    status ${word(16)} NOT NULL,
    language ${word(8)} NOT NULL,
    available BOOLEAN NOT NULL,
    identity LONGTEXT NULL,
    KEY scope_role (role, seq)
  )`,
  `CREATE TABLE credentials (
    person ${id} NOT NULL PRIMARY KEY,
    password_hash VARCHAR(255) NOT NULL,
    changed_at BIGINT NOT NULL,
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  `CREATE TABLE sessions (
    id_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    person ${id} NULL,
    data LONGTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    KEY person (person),
    KEY seen (seen_at),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,

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
    unit ${word(8)} NOT NULL,
    alignment ${word(16)} NOT NULL,
    charged_at ${word(8)} NOT NULL,
    prices LONGTEXT NOT NULL,
    status ${word(16)} NOT NULL,
    history LONGTEXT NOT NULL,
    anchor ${day} NULL,
    bill_from ${day} NULL,
    cancels_on ${day} NULL,
    comments TEXT NOT NULL,
    access_details TEXT NOT NULL,
    notes TEXT NOT NULL,
    UNIQUE KEY instance (client, instance_name),
    KEY scope_client (client, seq),
    FOREIGN KEY (service) REFERENCES services (id),
    FOREIGN KEY (client) REFERENCES people (id)
  )`,
  `CREATE TABLE tickets (${document},
    number BIGINT NOT NULL UNIQUE,
    order_id ${id} NULL,
    client ${id} NOT NULL,
    queue ${word(16)} NOT NULL,
    subject VARCHAR(150) NOT NULL,
    status ${word(8)} NOT NULL,
    closing_comment TEXT NULL,
    assignee ${id} NULL,
    priority ${word(8)} NOT NULL,
    waiting_for ${word(8)} NOT NULL,
    last_activity_at BIGINT NOT NULL,
    recent BIGINT NOT NULL,
    closed_at BIGINT NULL,
    closed_by ${id} NULL,
    KEY scope_client (client, seq),
    KEY scope_queue (queue, seq),
    KEY load_of (assignee, status),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (assignee) REFERENCES people (id),
    FOREIGN KEY (closed_by) REFERENCES people (id)
  )`,
  `CREATE TABLE messages (${document},
    ticket ${id} NOT NULL,
    client ${id} NOT NULL,
    queue ${word(16)} NOT NULL,
    author ${id} NULL,
    author_name VARCHAR(80) NOT NULL,
    side ${word(8)} NOT NULL,
    kind ${word(8)} NOT NULL,
    body TEXT NOT NULL,
    event LONGTEXT NULL,
    channel ${word(8)} NOT NULL,
    KEY thread (ticket, created_at),
    KEY scope_client (client, seq),
    KEY scope_queue (queue, seq),
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (author) REFERENCES people (id)
  )`,

  `CREATE TABLE series (
    code ${word(8)} NOT NULL,
    year INT NOT NULL,
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
    pdf_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    recent BIGINT NOT NULL,
    KEY scope_client (client, seq),
    KEY undrawn (pdf_hash, status),
    FOREIGN KEY (client) REFERENCES people (id)
  )`,
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
  `CREATE TABLE payments (${document},
    invoice ${id} NOT NULL,
    client ${id} NOT NULL,
    day ${day} NOT NULL,
    amount BIGINT NOT NULL,
    method ${word(16)} NOT NULL,
    reference VARCHAR(140) NOT NULL,
    source ${word(16)} NOT NULL,
    booked_by ${id} NULL,
    KEY invoice (invoice),
    KEY scope_client (client, seq),
    FOREIGN KEY (invoice) REFERENCES invoices (id),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (booked_by) REFERENCES people (id)
  )`,

  `CREATE TABLE papers (
    id ${id} NOT NULL PRIMARY KEY,
    kind ${word(16)} NOT NULL,
    invoice ${id} NULL,
    media_type ${word(64)} NOT NULL,
    file_name VARCHAR(120) NOT NULL,
    size BIGINT NOT NULL,
    sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE KEY once (invoice, kind),
    KEY by_hash (sha256),
    FOREIGN KEY (invoice) REFERENCES invoices (id)
  )`,
  `CREATE TABLE paper_chunks (
    paper ${id} NOT NULL,
    n INT NOT NULL,
    bytes MEDIUMBLOB NOT NULL,
    PRIMARY KEY (paper, n),
    FOREIGN KEY (paper) REFERENCES papers (id) ON DELETE CASCADE
  )`,

  `CREATE TABLE outbox (
    id ${id} NOT NULL PRIMARY KEY,
    kind ${word(32)} NOT NULL,
    document ${id} NOT NULL,
    step INT NOT NULL,
    recipient VARCHAR(254) NOT NULL,
    person ${id} NULL,
    state ${word(16)} NOT NULL,
    not_before BIGINT NOT NULL,
    attempts INT NOT NULL,
    claim ${id} NULL,
    claimed_until BIGINT NOT NULL,
    message_id VARCHAR(120) NOT NULL UNIQUE,
    last_error VARCHAR(500) NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NULL,
    UNIQUE KEY once (kind, document, step, recipient),
    KEY due (state, not_before),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE SET NULL
  )`,

  `CREATE TABLE audit (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    said_at BIGINT NOT NULL,
    actor ${id} NULL,
    device VARCHAR(64) NOT NULL,
    collection ${word(32)} NOT NULL,
    document ${id} NOT NULL,
    action ${word(8)} NOT NULL,
    changes LONGTEXT NOT NULL,
    KEY of_document (document, id),
    FOREIGN KEY (actor) REFERENCES people (id)
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
