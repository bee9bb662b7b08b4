import type { CollectionName } from '../collections/collections.ts';
import type { Role } from '../collections/people.ts';

/** Stands for the id of whoever asks. */
export const ME = '@me';

/** All fields named must have one of the values; `{}` is true for every document. */
export type Condition = Readonly<Record<string, typeof ME | readonly string[]>>;

/** From which value to which a field may go. */
export type Moves = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Rule = {
  /** Which documents travel to the role, and which of their fields; the first condition that fits gives the fields. */
  read: readonly { when: Condition; fields: readonly string[] | '*' | { but: readonly string[] } }[];
  /** What the role may say of a new document; `start` lists the values a field may begin with. */
  create?: {
    when: Condition;
    fields: readonly string[];
    start?: Readonly<Record<string, readonly unknown[]>>;
  };
  /** What it may change in documents that it sees. */
  update?: readonly { when: Condition; fields: readonly string[]; move?: Moves }[];
};

const none: Rule = { read: [] };
const everything: Rule = { read: [{ when: {}, fields: '*' }] };

const clientContact = ['displayName', 'email', 'language', 'role'];
const staffCard = ['displayName', 'role', 'available'];
const staffRoles = ['helpdesk', 'accountant', 'admin'];

const staffMoves: Moves = { status: { open: ['closed', 'nofix'], closed: ['open'], nofix: ['open'] } };
const staffTicketFields = ['assignee', 'closingComment', 'priority'];
const staffOpens = ['client', 'order', 'queue', 'subject', 'priority'];

/** What staff does in the queues it works. */
function ticketsOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues }, fields: staffOpens, start: { status: ['open'] } },
    update: [{ when: { queue: queues }, fields: staffTicketFields, move: staffMoves }],
  };
}

function messagesOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues, kind: ['answer', 'note'] }, fields: ['ticket', 'kind', 'body'] },
  };
}

const books: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: {
    when: {},
    fields: ['invoice', 'day', 'amount', 'method', 'reference', 'source'],
    start: { source: ['hand'] },
  },
};

/**
 * THE table of rights: who reads which fields of which documents, creates, changes, moves. Data only. The server
 * enforces it (decide.ts), the screen asks it (ask.ts), pulls are scoped by it (scope.ts). What is not listed is refused.
 */
export const policy: Record<CollectionName, Record<Role, Rule>> = {
  people: {
    client: {
      read: [{ when: { id: ME }, fields: '*' }],
      update: [{ when: { id: ME }, fields: ['language'] }],
    },
    helpdesk: {
      read: [
        { when: { role: ['client'] }, fields: clientContact },
        { when: { role: staffRoles }, fields: staffCard },
      ],
      update: [{ when: { id: ME }, fields: ['available'] }],
    },
    accountant: {
      read: [
        { when: { role: ['client'] }, fields: [...clientContact, 'identity'] },
        { when: { role: staffRoles }, fields: staffCard },
      ],
      update: [{ when: { id: ME }, fields: ['available'] }],
    },
    admin: { ...everything, update: [{ when: { id: ME }, fields: ['available', 'language'] }] },
  },
  services: { client: everything, helpdesk: everything, accountant: everything, admin: everything },
  orders: {
    client: { read: [{ when: { client: ME }, fields: { but: ['notes'] } }] },
    helpdesk: {
      read: [
        { when: {}, fields: { but: ['prices', 'unit', 'alignment', 'chargedAt', 'anchor', 'billFrom'] } },
      ],
    },
    accountant: { read: [{ when: {}, fields: { but: ['notes', 'accessDetails'] } }] },
    admin: {
      ...everything,
      update: [
        {
          when: {},
          fields: ['accessDetails', 'notes'],
          move: {
            status: {
              'setting up': ['active', 'cancelled'],
              active: ['suspended', 'cancelled'],
              suspended: ['active', 'cancelled'],
            },
          },
        },
      ],
    },
  },
  tickets: {
    client: {
      read: [{ when: { client: ME }, fields: { but: ['assignee', 'priority', 'closedAt', 'closedBy'] } }],
      create: {
        when: { client: ME },
        fields: ['client', 'order', 'queue', 'subject'],
        start: { status: ['open'] },
      },
      update: [
        {
          when: { client: ME },
          fields: [],
          move: { status: { open: ['closed'], closed: ['open'], nofix: ['open'] } },
        },
      ],
    },
    helpdesk: ticketsOf(['technical']),
    accountant: ticketsOf(['billing']),
    admin: ticketsOf(['technical', 'billing']),
  },
  messages: {
    client: {
      read: [{ when: { client: ME, kind: ['answer', 'event'] }, fields: { but: ['author'] } }],
      create: { when: { client: ME, kind: ['answer'] }, fields: ['ticket', 'kind', 'body'] },
    },
    helpdesk: messagesOf(['technical']),
    accountant: messagesOf(['billing']),
    admin: messagesOf(['technical', 'billing']),
  },
  invoices: {
    client: {
      read: [{ when: { client: ME, status: ['unpaid', 'part paid', 'paid', 'void'] }, fields: '*' }],
    },
    helpdesk: none,
    accountant: everything,
    admin: everything,
  },
  payments: {
    client: { read: [{ when: { client: ME }, fields: { but: ['bookedBy'] } }] },
    helpdesk: none,
    accountant: books,
    admin: books,
  },
};
