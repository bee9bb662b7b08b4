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
const billingOfClients: Update = {
  when: { role: ['client'] },
  fields: ['identity', 'taxTreatment', 'taxHold'],
};

const reviewProof: Update = {
  when: { kind: ['proof'] },
  fields: ['reason'],
  move: { state: { stored: ['accepted', 'refused'] } },
};

const books: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: {
    when: {},
    fields: ['invoice', 'day', 'amount', 'method', 'reference', 'source', 'bankLine', 'bankAmount'],
    start: { source: ['hand', 'statement', 'credit'] },
  },
};

/** In a draft, lines and reason can be changed. Issuing is a single move, after which the invoice cannot be changed. */
const drafts: Rule = {
  read: [{ when: {}, fields: '*' }],
  create: {
    when: { status: ['draft'] },
    fields: ['client', 'lines', 'corrects', 'reason'],
    start: { status: ['draft'] },
  },
  update: [
    {
      when: { status: ['draft'] },
      fields: ['lines', 'reason', 'approvedTotal'],
      move: { status: { draft: ['unpaid'] } },
    },
  ],
  command: { remove: { status: ['draft'] } },
};

const serviceFields = [
  'slug',
  'names',
  'taglines',
  'type',
  'prices',
  'options',
  'pricedByAdmin',
  'chargedAt',
  'descriptions',
  'available',
];
const orderFields = ['service', 'client', 'instanceName', 'options', 'billingPeriod', 'prices', 'comments'];
const toDisabled = ['disabled'];
const liveStatuses = ['setting up', 'active', 'suspended'];
const orderEnds: Moves = {
  status: { 'setting up': ['cancelled'], active: ['cancelled'], suspended: ['cancelled'] },
  cause: { null: ['withdrawal'], 'non-payment': ['withdrawal'] },
};
/** Price and billing fields of an order, which helpdesk may not read. */
const billingOfOrder = [
  'prices',
  'billingPeriod',
  'alignment',
  'chargedAt',
  'anchor',
  'billFrom',
  'releasedUntil',
  'change',
  'terms',
  'beginAtOnce',
];
/** Held charges are released by a command, because it must check what a run would charge now. */
const release: Update = { when: {}, fields: ['billFrom', 'releasedUntil'] };
const announce: Create = {
  when: { audience: ['clients', 'everybody', 'service'] },
  fields: ['audience', 'service', 'title', 'body'],
};
const announcementsFor = (audience: readonly string[]): Rule => ({
  read: [{ when: { audience }, fields: '*' }],
});

const staffMoves: Moves = { status: { open: ['closed', 'nofix'], closed: ['open'], nofix: ['open'] } };
const handOver: Moves = { queue: { technical: ['billing'], billing: ['technical'] } };
const staffTicketFields = ['assignee', 'closingComment', 'priority', 'subject', 'order'];
const staffCreateFields = ['client', 'order', 'queue', 'subject', 'priority'];

/** Staff may work on the tickets of their own queues. After a handover, staff of only the old queue lose access. */
function ticketsOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues }, fields: staffCreateFields, start: { status: ['open'] } },
    update: [{ when: { queue: queues }, fields: staffTicketFields, move: { ...staffMoves, ...handOver } }],
  };
}

/** The author or an admin decides whether the held e-mail of a late answer is sent. */
const emailMoves: Moves = { emailState: { held: ['due', 'dropped'] } };
/** Authors may redact their own messages. */
const redact: Update = { when: { author: ME, kind: ['answer', 'note'] }, fields: ['redacted'] };

/** Rights of staff on the messages of their queues. */
function messagesOf(queues: readonly string[]): Rule {
  return {
    read: [{ when: { queue: queues }, fields: '*' }],
    create: { when: { queue: queues, kind: ['answer', 'note'] }, fields: ['ticket', 'kind', 'body'] },
    update: [redact, { when: { author: ME, emailState: ['held'] }, fields: [], move: emailMoves }],
  };
}

/** The fields that the writer of a new file sets. */
const fileFields = ['kind', 'ticket', 'message', 'mediaType', 'fileName', 'size', 'sha256'];
/** Staff may attach files to the tickets of their queues. */
const attachmentsOf = (queues: readonly string[]): Create => ({
  when: { kind: ['attachment'], queue: queues },
  fields: fileFields,
  start: { state: ['expected'] },
});

/** Staff may write the canned replies of their queues. */
const cannedRepliesOf = (queues: readonly string[]): Rule => ({
  read: [{ when: { queue: queues }, fields: '*' }],
  create: { when: { queue: queues }, fields: ['title', 'body', 'queue'] },
  update: [{ when: { queue: queues }, fields: ['title', 'body', 'retired'] }],
});

/** Everybody may read and write only their own read receipts. */
const ownReadReceipts: Rule = {
  read: [{ when: { person: ME }, fields: '*' }],
  create: { when: { person: ME }, fields: ['ticket', 'readAt'] },
  update: [{ when: { person: ME }, fields: ['readAt'] }],
};

/**
 * The table of rights: which roles may read, create and change which fields of which documents. It is data only. The
 * server enforces it (engine/authorize.ts), screens check it (engine/may.ts), and it limits what a replica pulls
 * (engine/scope.ts). Creating and changing need a listed field. Reading with '*' or `but` includes fields that are added
 * later.
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
        { when: { role: ['client'] }, fields: [...clientContact, 'identity', 'taxTreatment', 'taxHold'] },
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
                unverified: toDisabled,
                verified: toDisabled,
                outside: toDisabled,
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
        fields: [...orderFields, 'terms', 'beginAtOnce'],
        start: { status: ['setting up'] },
      },
      update: [
        { when: { client: ME }, fields: ['reason'], move: orderEnds },
        { when: { client: ME, status: ['active', 'suspended'] }, fields: ['cancelsOn'] },
        { when: { client: ME, status: liveStatuses }, fields: ['change', 'terms'] },
        { when: { client: ME, status: ['setting up'] }, fields: ['comments'] },
      ],
    },
    helpdesk: { read: [{ when: {}, fields: { but: billingOfOrder } }] },
    accountant: {
      read: [{ when: {}, fields: { but: ['notes', 'accessDetails'] } }],
      command: { update: [release] },
    },
    admin: {
      ...everything,
      command: { update: [release, { when: { status: ['active', 'suspended'] }, fields: ['anchor'] }] },
      create: {
        when: { status: ['setting up'] },
        fields: [...orderFields, 'accessDetails', 'notes'],
        start: { status: ['setting up'] },
      },
      update: [
        {
          when: {},
          fields: ['accessDetails', 'notes', 'prices', 'cancelsOn', 'nextStatus', 'reason', 'change'],
          move: { status: statusMoves, cause: { null: ['non-payment'], 'non-payment': ['null'] } },
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
          fields: [...fileFields, 'invoice'],
          start: { state: ['expected'] },
        },
        { when: { client: ME, kind: ['attachment'] }, fields: fileFields, start: { state: ['expected'] } },
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
      update: [{ when: { kind: ['answer', 'note'] }, fields: ['redacted'], move: emailMoves }],
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
  readReceipts: {
    client: ownReadReceipts,
    helpdesk: ownReadReceipts,
    accountant: ownReadReceipts,
    admin: ownReadReceipts,
  },
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
    helpdesk: announcementsFor(['everybody']),
    accountant: announcementsFor(['everybody']),
    admin: { ...everything, create: announce },
  },
};
