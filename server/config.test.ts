import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test.each([
  [{ PORT: 'eighty' }, 'PORT is not valid'],
  [{ PORT: '70000' }, 'PORT is not valid'],
  [{ DATABASE_URL: 'postgres://x' }, 'DATABASE_URL is not valid: must be mariadb://'],
  [{ SMTP_URL: 'mail.example.org' }, 'SMTP_URL is not valid'],
  [{ METRICS: '9464' }, 'METRICS is not valid'],
  [{ VERIFACTU_CERT: '/no/such/file.p12' }, 'VERIFACTU_CERT is not valid'],
  [{ VERIFACTU_URL: 'http://tax.example' }, 'VERIFACTU_URL is not valid: must be https://'],
  [{ NODE_ENV: 'production' }, 'PUBLIC_URL is not set'],
  [{ PUBLIC_URL: 'https://x.example' }, 'TRUST_PROXY is not set'],
  [
    { NODE_ENV: 'production', PUBLIC_URL: 'https://x.example', SMTP_URL: 'smtp://m:25' },
    'TRUST_PROXY is not set',
  ],
  [{ HOST: '0.0.0.0' }, 'HOST is not valid'],
  [{ HOST: '::', DEMO: 'yes' }, 'HOST is not valid'],
  [{ NODE_ENV: 'production', DEMO: 'yes', PUBLIC_URL: 'https://x.example' }, 'DEMO is not valid'],
])('an invalid environment %o stops the start with an error that names the variable', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATA_DIR: '' }).port).toBe(3000);
});
