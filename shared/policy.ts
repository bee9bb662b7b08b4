import type { CollectionName } from './collections.ts';
import type { Role } from './people/schema.ts';
import { statusMoves } from './orders/status.ts';
import { queuesOf } from './tickets/queues.ts';
import { ME, type Condition, type Create, type Moves, type Rule, type Update } from './engine/rule.ts';

const none: Rule = { read: [] };
const everything: Rule = { read: [{ when: {}, fields: '*' }] };

const clientContact = ['displayName', 'email', 'language', 'role'];
const staffCard = ['displayName', 'role', 'available'];
const staffRoles = ['helpdesk', 'accountant', 'admin'];

const me: Condition = { id: ME };
const ownRow = { when: me, fields: '*' as const };
const ownProfile: Update = { when: me, fields: ['displayName', 'language', 'preferences'] };
const ownStaffProfile: Update = { when: me, fields: [...ownProfile.fields, 'available'] };
const billingOfClients: Update = { when: { role: ['client'] }, fields: ['identity', 'taxTreatment'] };

const staffMoves: Moves = { status: { open: ['closed', 'nofix'], closed: ['open'], nofix: ['open'] } };
const handOver: Moves = { queue: { technical: ['billing'], billing: ['technical'] } };
const staffTicketFields = ['assignee', 'closingComment', 'priority', 'subject', 'order'];
const staffOpens = ['client', 'order', 'queue', 'subject', 'priority'];

/** What staff does in the queues it works; a ticket handed to the other queue leaves who works only this one. */
function ticketsOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues }, fields: staffOpens, start: { status: ['open'] } },
    update: [{ when: { queue: queues }, fields: staffTicketFields, move: { ...staffMoves, ...handOver } }],
  };
}

const mailed: Moves = { emailState: { held: ['due', 'dropped'] } };
const redact: Update = { when: { author: ME, kind: ['answer', 'note'] }, fields: ['redacted'] };

function messagesOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues, kind: ['answer', 'note'] }, fields: ['ticket', 'kind', 'body'] },
    update: [redact, { when: { author: ME, emailState: ['held'] }, fields: [], move: mailed }],
  };
}

const described = ['kind', 'ticket', 'message', 'mediaType', 'fileName', 'size', 'sha256'];
const attachmentsOf = (queues: readonly string[]): Create => ({
  when: { kind: ['attachment'], queue: queues },
  fields: described,
  start: { state: ['expected'] },
});
const reviewProof: Update = {
  when: { kind: ['proof'] },
  fields: ['reason'],
  move: { state: { stored: ['accepted', 'refused'] } },
};

const cannedRepliesOf = (queues: readonly string[]): Rule => ({
  read: [{ when: { queue: queues }, fields: '*' }],
  create: { when: { queue: queues }, fields: ['title', 'body', 'queue'] },
  update: [{ when: { queue: queues }, fields: ['title', 'body', 'retired'] }],
});

const ownReadReceipts: Rule = {
  read: [{ when: { person: ME }, fields: '*' }],
  create: { when: { person: ME }, fields: ['ticket', 'readAt'] },
  update: [{ when: { person: ME }, fields: ['readAt'] }],
};

const books: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: {
    when: {},
    fields: ['invoice', 'day', 'amount', 'method', 'reference', 'source', 'bankLine', 'bankAmount'],
    start: { source: ['hand', 'statement', 'credit'] },
  },
};

/** A draft is written and rewritten; issuing it is one move, after which nothing of it changes. */
const drafts: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: {
    when: { status: ['draft'] },
    fields: ['client', 'lines', 'corrects', 'reason'],
    start: { status: ['draft'] },
  },
  update: [
    { when: { status: ['draft'] }, fields: ['lines', 'reason'], move: { status: { draft: ['unpaid'] } } },
  ],
  command: { remove: { status: ['draft'] } },
};

const serviceFields = [
  'name',
  'type',
  'prices',
  'options',
  'pricedByAdmin',
  'chargedAt',
  'description',
  'available',
];
const ordered = ['service', 'client', 'instanceName', 'options', 'billingPeriod', 'prices', 'comments'];
const off = ['disabled'];
const notOver = ['setting up', 'active', 'suspended'];
const orderEnds: Moves = {
  status: { 'setting up': ['cancelled'], active: ['cancelled'], suspended: ['cancelled'] },
  cause: { null: ['withdrawal'], 'non-payment': ['withdrawal'] },
};
/** What an order costs and how it is billed: nothing that helpdesk sees. */
const billingOfOrder = [
  ...['prices', 'billingPeriod', 'alignment', 'chargedAt', 'anchor', 'billFrom', 'releasedUntil', 'change', 'terms'],
];
/** What was held is released by a command, which looks at what a run would make now. */
const release: Update = { when: {}, fields: ['billFrom', 'releasedUntil'] };
const announce: Create = {
  when: { audience: ['clients', 'everybody', 'service'] },
  fields: ['audience', 'service', 'title', 'body'],
};
const toAll = (audience: readonly string[]): Rule => ({ read: [{ when: { audience }, fields: '*' }] });

/**
 * THE table of rights: who reads which fields of which documents, creates, changes, moves. Data only. The server
 * enforces it (decide.ts), the screen asks it (ask.ts), pulls are scoped by it (scope.ts). What is not listed is refused.
 */
export const policy: Record<CollectionName, Record<Role, Rule>> = {
  people: {
    client: { read: [ownRow], update: [ownProfile, { when: me, fields: ['identity'] }] },
    helpdesk: {
      read: [
        ownRow,
        { when: { role: ['client'] }, fields: clientContact },
        { when: { role: staffRoles }, fields: staffCard },
      ],
      update: [ownStaffProfile],
    },
    accountant: {
      read: [
        ownRow,
        { when: { role: ['client'] }, fields: [...clientContact, 'identity', 'taxTreatment'] },
        { when: { role: staffRoles }, fields: staffCard },
      ],
      update: [ownStaffProfile, billingOfClients],
    },
    admin: {
      ...everything,
      update: [ownStaffProfile, billingOfClients],
      command: {
        create: {
          when: { status: ['unverified'] },
          fields: ['username', 'displayName', 'email', 'role', 'language'],
          start: { status: ['unverified'] },
        },
        update: [
          {
            when: {},
            fields: ['username', 'displayName', 'email', 'language'],
            move: {
              role: Object.fromEntries(
                ['client', ...staffRoles].map((from) => [
                  from,
                  ['client', ...staffRoles].filter((to) => to !== from),
                ]),
              ),
              status: {
                ...{ unverified: off, verified: off, outside: off },
                disabled: ['verified', 'outside'],
              },
            },
          },
        ],
        remove: {},
      },
    },
  },
  services: {
    client: everything,
    helpdesk: everything,
    accountant: everything,
    admin: {
      ...everything,
      create: { when: {}, fields: serviceFields },
      update: [{ when: {}, fields: serviceFields }],
    },
  },
  orders: {
    client: {
      read: [{ when: { client: ME }, fields: { but: ['notes'] } }],
      create: {
        when: { client: ME, status: ['setting up'] },
        fields: [...ordered, 'terms'],
        start: { status: ['setting up'] },
      },
      update: [
        { when: { client: ME }, fields: ['reason'], move: orderEnds },
        { when: { client: ME, status: ['active', 'suspended'] }, fields: ['cancelsOn'] },
        { when: { client: ME, status: notOver }, fields: ['change', 'terms'] },
        { when: { client: ME, status: ['setting up'] }, fields: ['comments'] },
      ],
    },
    helpdesk: {
      read: [{ when: {}, fields: { but: billingOfOrder } }],
    },
    accountant: {
      read: [{ when: {}, fields: { but: ['notes', 'accessDetails'] } }],
      command: { update: [release] },
    },
    admin: {
      ...everything,
      command: { update: [release, { when: { status: ['active', 'suspended'] }, fields: ['anchor'] }] },
      create: {
        when: { status: ['setting up'] },
        fields: [...ordered, 'accessDetails', 'notes'],
        start: { status: ['setting up'] },
      },
      update: [
        {
          when: {},
          fields: ['accessDetails', 'notes', 'prices', 'cancelsOn', 'nextStatus', 'reason', 'change'],
          move: {
            status: statusMoves,
            cause: { null: ['non-payment'], 'non-payment': ['null'] },
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
    helpdesk: ticketsOf(queuesOf('helpdesk')),
    accountant: ticketsOf(queuesOf('accountant')),
    admin: ticketsOf(queuesOf('admin')),
  },
  files: {
    client: {
      read: [{ when: { client: ME, visibility: ['client'] }, fields: '*' }],
      create: [
        {
          when: { client: ME, kind: ['proof'] },
          fields: [...described, 'invoice'],
          start: { state: ['expected'] },
        },
        { when: { client: ME, kind: ['attachment'] }, fields: described, start: { state: ['expected'] } },
      ],
    },
    helpdesk: {
      read: [{ when: { queue: ['technical'] }, fields: '*' }],
      create: attachmentsOf(queuesOf('helpdesk')),
    },
    accountant: {
      read: [
        { when: { kind: ['invoice', 'proof'] }, fields: '*' },
        { when: { queue: ['billing'] }, fields: '*' },
      ],
      create: attachmentsOf(queuesOf('accountant')),
      update: [reviewProof],
    },
    admin: { ...everything, create: attachmentsOf(queuesOf('admin')), update: [reviewProof] },
  },
  messages: {
    client: {
      read: [{ when: { client: ME, kind: ['answer', 'event'] }, fields: { but: ['author', 'emailState'] } }],
      create: { when: { client: ME, kind: ['answer'] }, fields: ['ticket', 'kind', 'body'] },
      update: [redact],
    },
    helpdesk: messagesOf(queuesOf('helpdesk')),
    accountant: messagesOf(queuesOf('accountant')),
    admin: {
      ...messagesOf(queuesOf('admin')),
      update: [{ when: { kind: ['answer', 'note'] }, fields: ['redacted'], move: mailed }],
    },
  },
  invoices: {
    client: {
      read: [{ when: { client: ME, status: ['unpaid', 'part paid', 'paid', 'void'] }, fields: '*' }],
    },
    helpdesk: none,
    accountant: drafts,
    admin: drafts,
  },
  payments: {
    client: { read: [{ when: { client: ME }, fields: { but: ['bookedBy'] } }] },
    helpdesk: none,
    accountant: books,
    admin: books,
  },
  readReceipts: { client: ownReadReceipts, helpdesk: ownReadReceipts, accountant: ownReadReceipts, admin: ownReadReceipts },
  cannedReplies: {
    client: none,
    helpdesk: cannedRepliesOf(queuesOf('helpdesk')),
    accountant: cannedRepliesOf(queuesOf('accountant')),
    admin: cannedRepliesOf(queuesOf('admin')),
  },
  announcements: {
    client: {
      read: [
        { when: { audience: ['clients', 'everybody'] }, fields: '*' },
        { when: { audience: ['client'], client: ME }, fields: '*' },
      ],
    },
    helpdesk: toAll(['everybody']),
    accountant: toAll(['everybody']),
    admin: { ...everything, create: announce },
  },
};
