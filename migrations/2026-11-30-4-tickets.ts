import type { Sequelize } from 'sequelize';

// Tickets with their messages, read receipts and canned replies; announcements; e-mails that came in.

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
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
  // The keys open_of_… serve first pulls: open tickets before the others, newest first.
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
    first_answer_at BIGINT NULL,
    KEY scope_client (client, seq),
    KEY scope_queue (queue, seq),
    KEY open_of_client (client, status, seq),
    KEY open_of_queue (queue, status, seq),
    KEY load_of (assignee, status),
    KEY waiting (status, waiting_for, last_activity_at),
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
    redacted BOOLEAN NOT NULL,
    email_state ${word(8)} NOT NULL,
    KEY thread (ticket, created_at),
    KEY scope_client (client, seq),
    KEY scope_queue (queue, seq),
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (author) REFERENCES people (id)
  )`,
  `CREATE TABLE read_receipts (${document},
    person ${id} NOT NULL,
    ticket ${id} NOT NULL,
    read_at BIGINT NOT NULL,
    UNIQUE KEY one_each (person, ticket),
    KEY scope_person (person, seq),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE,
    FOREIGN KEY (ticket) REFERENCES tickets (id)
  )`,
  `CREATE TABLE canned_replies (${document},
    title VARCHAR(80) NOT NULL,
    body TEXT NOT NULL,
    queue ${word(16)} NOT NULL,
    retired BOOLEAN NOT NULL,
    KEY scope_queue (queue, seq)
  )`,
  `CREATE TABLE announcements (${document},
    audience ${word(16)} NOT NULL,
    service ${id} NULL,
    client ${id} NULL,
    title VARCHAR(120) NOT NULL,
    body TEXT NOT NULL,
    author_name VARCHAR(80) NOT NULL,
    recent BIGINT NOT NULL,
    KEY scope_audience (audience, seq),
    KEY scope_client (audience, client, seq),
    FOREIGN KEY (service) REFERENCES services (id),
    FOREIGN KEY (client) REFERENCES people (id)
  )`,
  // What makes a reply by e-mail that of one person to one ticket: the hash of the token in its address.
  `CREATE TABLE mail_tokens (
    hash ${hash} NOT NULL PRIMARY KEY,
    ticket ${id} NOT NULL,
    person ${id} NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  // One row an e-mail that came in. The key is of Message-ID and content, so an e-mail that is delivered twice is one.
  // No foreign key to messages: an e-mail may be kept longer.
  `CREATE TABLE incoming (
    id ${id} NOT NULL PRIMARY KEY,
    mail_key ${hash} NOT NULL,
    received_at BIGINT NOT NULL,
    source ${word(8)} NOT NULL,
    queue ${word(16)} NOT NULL,
    sender VARCHAR(254) NOT NULL,
    sender_name VARCHAR(120) NOT NULL,
    recipient VARCHAR(254) NOT NULL,
    subject VARCHAR(300) NOT NULL,
    body TEXT NOT NULL,
    raw LONGBLOB NULL,
    state ${word(16)} NOT NULL,
    why ${word(32)} NOT NULL,
    message ${id} NULL,
    ticket ${id} NULL,
    handled_by ${id} NULL,
    handled_at BIGINT NULL,
    UNIQUE KEY mail_key (mail_key),
    KEY message (message),
    KEY state (state, queue, id),
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (handled_by) REFERENCES people (id)
  )`,
];

export async function up(sequelize: Sequelize): Promise<void> {
  for (const sql of tables) await sequelize.query(sql);
}
