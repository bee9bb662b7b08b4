import { expect, test } from 'vitest';
import { checkOfSender } from './sender-check.ts';

const check = (results: string, trusted = 'mx.arf.example') =>
  checkOfSender(
    { authenticationResults: `Authentication-Results: ${results}`, sender: 'ana@mail.example' },
    trusted,
  );

test.each([
  ['mx.arf.example; dmarc=pass (p=NONE) header.from=mail.example', 'pass'],
  ['mx.arf.example 1; spf=fail smtp.mailfrom=list.example;\r\n dkim=pass header.d=mail.example', 'pass'],
  ['MX.arf.example; dkim=pass header.i=@mail.example', 'pass'],
  ['mx.arf.example; spf=pass smtp.mailfrom=bounce@mail.example', 'pass'],
  ['mx.arf.example; dkim=pass header.d=evil.example', 'none'],
  ['mx.arf.example; dmarc=pass header.from=evil.example', 'none'],
  ['mx.arf.example; dkim=pass header.d=example', 'none'],
  ['mx.arf.example; spf=pass smtp.mailfrom=evil.example; dmarc=fail header.from=mail.example', 'fail'],
  ['mx.arf.example; spf=fail smtp.mailfrom=mail.example', 'fail'],
  ['mx.arf.example; none', 'none'],
  ['mx.evil.example; dmarc=pass header.from=mail.example', 'none'],
  ['mx.arf.example.evil.example; dmarc=pass header.from=mail.example', 'none'],
  ['(mx.arf.example) evil; dmarc=pass header.from=mail.example', 'none'],
  ['', 'none'],
])('%s: %s', (results, expected) => {
  expect(check(results)).toBe(expected);
});

test('without a trusted server no check counts', () => {
  expect(check('mx.arf.example; dmarc=pass header.from=mail.example', '')).toBe('none');
  expect(check('; dmarc=pass header.from=mail.example', '')).toBe('none');
});
