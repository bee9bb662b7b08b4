import type { Sequelize } from 'sequelize';

// Orders that are changed, withdrawn from and accepted with their terms; what is charged besides periods; when a ticket
// was first answered; announcements for the clients of a service; mail that came in, and the tokens it answers with.

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';

const steps = [
  `ALTER TABLE orders
    ADD reason VARCHAR(200) NOT NULL DEFAULT '',
    ADD cause ${word(16)} NULL,
    ADD \`change\` LONGTEXT NULL,
    ADD terms LONGTEXT NULL`,
  `ALTER TABLE orders ALTER reason DROP DEFAULT`,
  `ALTER TABLE tickets ADD first_answer_at BIGINT NULL, ADD KEY waiting (status, waiting_for, last_activity_at)`,
  `UPDATE tickets t SET first_answer_at =
    (SELECT MIN(m.created_at) FROM messages m WHERE m.ticket = t.id AND m.kind = 'answer' AND m.side = 'staff')`,
  `ALTER TABLE announcements
    ADD service ${id} NULL, ADD client ${id} NULL,
    ADD FOREIGN KEY (service) REFERENCES services (id),
    ADD FOREIGN KEY (client) REFERENCES people (id),
    ADD KEY scope_client (audience, client, seq)`,
  `ALTER TABLE papers ADD visibility ${word(8)} NOT NULL DEFAULT 'client'`,
  `ALTER TABLE papers ALTER visibility DROP DEFAULT`,
  `CREATE TABLE extras (
    id ${id} NOT NULL PRIMARY KEY,
    client ${id} NOT NULL,
    order_id ${id} NULL,
    text VARCHAR(300) NOT NULL,
    amount BIGINT NOT NULL,
    invoice ${id} NULL,
    made_at BIGINT NOT NULL,
    made_by ${id} NULL,
    FOREIGN KEY (client) REFERENCES people (id),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (invoice) REFERENCES invoices (id),
    FOREIGN KEY (made_by) REFERENCES people (id),
    KEY waiting (invoice, client)
  )`,
  `CREATE TABLE mail_tokens (
    hash ${hash} NOT NULL PRIMARY KEY,
    ticket ${id} NOT NULL,
    person ${id} NOT NULL,
    created_at BIGINT NOT NULL,
    FOREIGN KEY (ticket) REFERENCES tickets (id),
    FOREIGN KEY (person) REFERENCES people (id) ON DELETE CASCADE
  )`,
  // One row a mail that came in; the key is of Message-ID and content, so that one delivered twice is one.
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
    ticket ${id} NULL,
    message ${id} NULL,
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
  for (const sql of steps) await sequelize.query(sql);
}
