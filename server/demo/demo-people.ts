import type { Language } from '#shared/settings/language.ts';
import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import type { Order, OrderStatus } from '#shared/orders/schema.ts';
import type { Role } from '#shared/people/schema.ts';

type DemoCard = {
  username: string;
  displayName: string;
  role: Role;
  language: Language;
  identity: BillingIdentity | null;
};

const identity = (over: Partial<BillingIdentity>): BillingIdentity => ({
  kind: 'business',
  legalName: '',
  street: '',
  postcode: '',
  city: 'Madrid',
  country: 'ES',
  taxNumber: '',
  vatNumber: '',
  vatVerified: null,
  ...over,
});

/** Two clients, two helpdesk agents, an accountant and an admin. */
export const demoStaffAndClients: DemoCard[] = [
  {
    username: 'lucia',
    displayName: 'Lucía Navarro',
    role: 'client',
    language: 'es',
    identity: identity({
      legalName: 'Librería Atalaya SL',
      street: 'Calle de la Palma 14',
      postcode: '28004',
      taxNumber: 'B12345674',
      vatNumber: 'ESB12345674',
    }),
  },
  {
    username: 'tom',
    displayName: 'Tom Kestrel',
    role: 'client',
    language: 'en',
    identity: identity({
      kind: 'person',
      legalName: 'Thomas Kestrel (Kestrel Bikes)',
      street: 'Calle del Pez 31',
      postcode: '28004',
      taxNumber: 'X1234567L',
    }),
  },
  { username: 'ana', displayName: 'Ana Ruiz', role: 'helpdesk', language: 'en', identity: null },
  { username: 'marc', displayName: 'Marc Vidal', role: 'helpdesk', language: 'en', identity: null },
  { username: 'ines', displayName: 'Inés Bravo', role: 'accountant', language: 'en', identity: null },
  { username: 'arturo', displayName: 'Arturo Fuentes', role: 'admin', language: 'en', identity: null },
];

type DemoOrder = Pick<
  Order,
  'instanceName' | 'billingPeriod' | 'alignment' | 'chargedAt' | 'comments' | 'accessDetails' | 'notes'
> & {
  client: string;
  service: string;
  options: Order['options'];
  /** For services priced by the admin, in cents. */
  agreedAmount: number;
  daysAgo: number;
  status: OrderStatus;
};

const noOptions: Order['options'] = [];

const usual = {
  billingPeriod: 'month',
  alignment: 'calendar',
  chargedAt: 'end',
  options: noOptions,
  agreedAmount: 0,
  status: 'active',
  comments: '',
  accessDetails: '',
  notes: '',
} as const;

const vps = (vcpu: number, ram: number, ssd: number) => [
  { key: 'vcpu', quantity: vcpu * 1000 },
  { key: 'ram', quantity: ram * 1000 },
  { key: 'ssd', quantity: ssd * 1000 },
];

export const demoOrders: DemoOrder[] = [
  {
    ...usual,
    client: 'lucia',
    service: 'webhost',
    instanceName: 'atalaya-web',
    daysAgo: 180,
    accessDetails: 'SFTP: web1.example, user atalaya\nDatabase: atalaya at localhost',
    notes: 'Moved from the old host in spring.',
  },
  {
    ...usual,
    client: 'lucia',
    service: 'email',
    instanceName: 'atalaya-mail',
    daysAgo: 175,
    accessDetails: 'IMAP and SMTP: mail.example, ports 993 and 465',
  },
  {
    ...usual,
    client: 'lucia',
    service: 'vps',
    instanceName: 'atalaya-shop',
    options: vps(2, 4, 20),
    daysAgo: 150,
    accessDetails: 'SSH: port 22014 at node2.example, user root, your key',
    notes: 'Node 2, VM 114.',
  },
  {
    ...usual,
    client: 'lucia',
    service: 'subname',
    instanceName: 'atalaya',
    billingPeriod: 'year',
    daysAgo: 170,
  },
  {
    ...usual,
    client: 'tom',
    service: 'vps',
    instanceName: 'kestrel-vps',
    options: vps(4, 8, 30),
    daysAgo: 140,
    accessDetails: 'SSH: port 22021 at node1.example, user root, your key',
    notes: 'Node 1, VM 121. Wants a second disk one day.',
  },
  {
    ...usual,
    client: 'tom',
    service: 'storage',
    instanceName: 'kestrel-files',
    options: [{ key: 'storage', quantity: 20_000 }],
    daysAgo: 90,
    accessDetails: 'SFTP: files.example, user kestrel',
  },
  { ...usual, client: 'tom', service: 'vpn', instanceName: 'kestrel-vpn', daysAgo: 60 },
  {
    ...usual,
    client: 'tom',
    service: 'gamehost',
    instanceName: 'kestrel-rally',
    agreedAmount: 400,
    daysAgo: 45,
    notes: 'Moved from shared hosting. Prefers updates at night.',
  },
  { ...usual, client: 'tom', service: 'xmpp', instanceName: 'kestrel', daysAgo: 30 },
  {
    ...usual,
    client: 'tom',
    service: 'vps',
    instanceName: 'kestrel-shop',
    options: vps(4, 8, 30),
    alignment: 'anniversary',
    chargedAt: 'start',
    daysAgo: 0,
    status: 'setting up',
    comments: 'Debian 12, please with my key from kestrel-vps.',
  },
];
