import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod/mini';

const address = (protocol: RegExp, message: string) =>
  z.string().check(z.refine((value) => protocol.test(protocolOf(value)), message));
const matches = (pattern: RegExp, message: string) => z.string().check(z.regex(pattern, message));
const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(message).check(z.int(message), z.gte(min, message), z.lte(max, message));
};
const oneOf = <const T extends readonly [string, ...string[]]>(...words: T) =>
  z.enum(words, `must be one of ${words.join(', ')}`);

/**
 * The environment variables. Only this file reads them. An invalid value stops the start with an error that names the
 * variable. An empty value counts as not set.
 */
const environment = z.object({
  NODE_ENV: z._default(oneOf('production', 'development', 'test'), 'development'),
  HOST: z._default(z.string(), '127.0.0.1'),
  PORT: z._default(wholeNumber(0, 65_535), 3000),
  DATA_DIR: z._default(z.string(), 'data'),
  DATABASE_URL: z.optional(address(/^(mariadb|mysql):$/, 'must be mariadb://user:password@host:3306/name')),
  PUBLIC_URL: z.optional(address(/^https?:$/, 'must be the address people open, https://…')),
  SMTP_URL: z.optional(address(/^smtps?:$/, 'must be smtp://user:password@host:587 or smtps://…')),
  MAIL_IN: z.optional(
    matches(
      /^(lmtp|smtp):\/\/[^/:@]+:\d{1,5}$/,
      'must be lmtp://127.0.0.1:2424 or smtp://…, where to listen for mail',
    ),
  ),
  MAIL_IN_DOMAIN: z.optional(
    matches(/^[a-z0-9.-]+\.[a-z0-9-]+$/i, 'must be the domain whose mail comes in there'),
  ),
  METRICS: z.optional(matches(/^[^:/@]+:\d{1,5}$/, 'must be 127.0.0.1:9464 or such, where Prometheus asks')),
  VERIFACTU_CERT: z.optional(z.string()),
  VERIFACTU_PASSWORD: z._default(z.string(), ''),
  VERIFACTU_URL: z.optional(address(/^https:$/, 'must be https://…, where records are sent')),
  VERIFACTU_CA: z.optional(z.string()),
  TRUST_PROXY: z._default(wholeNumber(0, 5), 0),
  DEMO: z.optional(oneOf('yes', 'no')),
  POLL_SECONDS: z._default(wholeNumber(1, 86_400), 3600),
  LOG_LEVEL: z.optional(oneOf('debug', 'info', 'warn', 'error', 'silent')),
  MARIADBD: z.optional(z.string()),
});

export type Config = {
  production: boolean;
  host: string;
  port: number;
  dataDir: string;
  /** Null: the server uses the private MariaDB of the data directory. */
  databaseUrl: string | null;
  publicUrl: string;
  /** Null: e-mails are caught in the data directory and shown at /dev/mailbox. */
  smtpUrl: string | null;
  /** Where to listen for e-mail replies, and the domain they are sent to. Null: e-mails ask to answer in the app. */
  mailIn: { protocol: 'lmtp' | 'smtp'; host: string; port: number; domain: string } | null;
  /** The address that serves /metrics. Null: metrics are not served. */
  metrics: { host: string; port: number } | null;
  /** The seller's certificate (PKCS #12) for the tax office. Null: records are created but not sent. */
  verifactu: { certificate: string; password: string; url: string | null; ca: string | null } | null;
  /** The number of reverse proxies in front whose X-Forwarded-* headers are trusted. */
  trustProxy: number;
  demo: boolean;
  /** Seconds between two checks for orders to bill. */
  pollSeconds: number;
  logLevel: string;
  mariadbd: string | null;
  /** Folders of programs, as in PATH. */
  searchPath: string;
};

/** Reads the configuration. @throws Error with a line per invalid variable: "PORT is not valid: …" */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      (issue) =>
        `${issue.path.join('.')} is not valid: ${issue.message}${quoted(String(issue.path[0]), set)}`,
    );
    throw new Error(lines.join('\n'));
  }
  const value = parsed.data;
  const production = value.NODE_ENV === 'production';
  if (production && value.DEMO === 'yes') {
    throw new Error('DEMO is not valid: demo people are never made in production');
  }
  if (production && !value.PUBLIC_URL) {
    throw new Error('PUBLIC_URL is not set: in production it must be the address people open');
  }
  if (production && value.PUBLIC_URL?.startsWith('http:') && value.TRUST_PROXY === 0) {
    throw new Error('PUBLIC_URL is not valid: plain http in production needs a proxy in front (TRUST_PROXY)');
  }
  if (value.PUBLIC_URL?.startsWith('https:') && value.TRUST_PROXY === 0) {
    throw new Error(
      'TRUST_PROXY is not set: with https in PUBLIC_URL it must say how many proxies are in front, or nobody stays signed in',
    );
  }
  const demo = value.DEMO ? value.DEMO === 'yes' : !production;
  if (demo && !isLoopback(value.HOST)) {
    throw new Error(
      `HOST is not valid: the demo people have known passwords, so it listens on 127.0.0.1 only ("${value.HOST}"); set DEMO=no or NODE_ENV=production`,
    );
  }
  if (production && !value.SMTP_URL) {
    throw new Error('SMTP_URL is not set: in production e-mails must have a way out');
  }
  return {
    production,
    host: value.HOST,
    port: value.PORT,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL ?? null,
    publicUrl: (value.PUBLIC_URL ?? `http://${value.HOST}:${value.PORT}`).replace(/\/$/, ''),
    smtpUrl: value.SMTP_URL ?? null,
    mailIn: mailInOf(value),
    metrics: metricsOf(value.METRICS),
    verifactu: verifactuOf(value),
    trustProxy: value.TRUST_PROXY,
    demo,
    pollSeconds: value.POLL_SECONDS,
    logLevel: value.LOG_LEVEL ?? (production ? 'info' : 'warn'),
    mariadbd: value.MARIADBD ?? null,
    searchPath: env['PATH'] ?? '',
  };
}

const isLoopback = (host: string) => /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(host);

function metricsOf(address: string | undefined): Config['metrics'] {
  const [host, port] = address?.split(':') ?? [];
  return host && port ? { host, port: Number(port) } : null;
}

function verifactuOf(value: z.infer<typeof environment>): Config['verifactu'] {
  if (!value.VERIFACTU_CERT) return null;
  if (!existsSync(value.VERIFACTU_CERT))
    throw new Error(`VERIFACTU_CERT is not valid: there is no file "${value.VERIFACTU_CERT}"`);
  return {
    certificate: resolve(value.VERIFACTU_CERT),
    password: value.VERIFACTU_PASSWORD,
    url: value.VERIFACTU_URL ?? null,
    ca: value.VERIFACTU_CA ? resolve(value.VERIFACTU_CA) : null,
  };
}

function mailInOf(value: z.infer<typeof environment>): Config['mailIn'] {
  if (!value.MAIL_IN) return null;
  if (!value.MAIL_IN_DOMAIN)
    throw new Error('MAIL_IN_DOMAIN is not set: e-mails must name an address to answer to');
  const [protocol = '', host = '', port = ''] = value.MAIL_IN.split(/:\/\/|:/);
  return {
    protocol: protocol === 'smtp' ? 'smtp' : 'lmtp',
    host,
    port: Number(port),
    domain: value.MAIL_IN_DOMAIN.toLowerCase(),
  };
}

function protocolOf(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

/** Quotes an invalid value for the error. Addresses (_URL) are left out, because they can contain passwords. */
function quoted(name: string, set: Record<string, string | undefined>): string {
  return name.endsWith('_URL') ? '' : ` (it is "${set[name] ?? ''}")`;
}
