import { report, type MailReport } from './mail-report.ts';

/** Plain text whose lines look like a signature, a quotation or the header of one, but that a person wrote now. */
export const lookalikes: MailReport[] = [
  report('four underscores between two parts of the text', {
    body: `
      The scanner in the hall is fixed.

      ____

      The one on the second floor still shows error 41.`,
    new: ['The scanner in the hall is fixed.', 'The one on the second floor still shows error 41.'],
  }),
  report('32 underscores between sections, and a quotation below', {
    body: `
      Part one: the domain moved without trouble.
      ________________________________

      Part two: the certificate did not.
      ________________________________

      Part three: who pays for the second one?

      On 03/11/2026 10:00, Soporte ARFNET wrote:
      > Did the move work?`,
    new: [
      'Part one: the domain moved without trouble.',
      'Part two: the certificate did not.',
      'Part three: who pays for the second one?',
    ],
    quoted: ['Did the move work?'],
  }),
  report('Markdown rules of three dashes, and a heading underlined with equals signs', {
    body: `
      Plan
      ====

      Move the shop on Friday night.

      ---

      Costs
      -----

      Four hours of work.

      ---

      Tell me if Friday suits you.`,
    new: ['Move the shop on Friday night.', 'Four hours of work.', 'Tell me if Friday suits you.'],
  }),
  report('an SQL dump with comment lines of two dashes', {
    body: `
      The import stops at this place:

      --
      -- Table structure for table \`invoices\`
      --

      CREATE TABLE invoices (
        id int NOT NULL,
        total decimal(9,2)
      );

      --\x20
      -- Dumping data
      --

      INSERT INTO invoices VALUES (1, 99.50);

      Can you raise the limit for one hour?`,
    new: [
      'The import stops at this place:',
      '-- Table structure for table `invoices`',
      'CREATE TABLE invoices (',
      'INSERT INTO invoices VALUES (1, 99.50);',
      'Can you raise the limit for one hour?',
    ],
  }),
  report('the output of an SQL client with a line of dashes under the names', {
    body: `
      This is what the query gives:

       id
      ----
       12
       37
      (2 rows)

      There should be three rows.`,
    new: ['This is what the query gives:', '37', '(2 rows)', 'There should be three rows.'],
  }),
  report('two YAML documents with a line of three dashes in front of each', {
    body: `
      ---
      name: web
      replicas: 2
      ---
      name: queue
      replicas: 1
      ...

      Is the second file complete?`,
    new: ['name: web', 'name: queue', 'Is the second file complete?'],
  }),
  report('a unified patch that ends like a signature, and words below', {
    body: `
      This patch repairs the login page:

      --- a/login.php
      +++ b/login.php
      @@ -3,2 +3,2 @@
      -session_start();
      +session_start($options);
      --\x20
      2.43.0

      Please apply it on the test server first.`,
    new: [
      'This patch repairs the login page:',
      '+++ b/login.php',
      '+session_start($options);',
      'Please apply it on the test server first.',
    ],
  }),
  report('the classic output of diff, with > and --- lines', {
    body: `
      Only this changed since yesterday:

      14c14
      < listen 80;
      ---
      > listen 8080;

      Since then the site does not answer.`,
    new: [
      'Only this changed since yesterday:',
      '< listen 80;',
      'listen 8080;',
      'Since then the site does not answer.',
    ],
  }),
  report('a Python session with >>> in front of what was typed', {
    body: `
      Here is how it fails:

      >>> import ssl
      >>> ssl.OPENSSL_VERSION
      'OpenSSL 1.0.2k'
      >>> connect()
      ConnectionError: handshake failed

      Which version do we need?`,
    new: [
      'Here is how it fails:',
      'import ssl',
      "'OpenSSL 1.0.2k'",
      'connect()',
      'ConnectionError: handshake failed',
      'Which version do we need?',
    ],
  }),
  report('the console of a router with > as its prompt', {
    body: `
      > ping 192.0.2.7
      no answer after 5 tries
      > show uplink
      uplink is down since 03:12

      The light of the second port is red.`,
    new: [
      'ping 192.0.2.7',
      'no answer after 5 tries',
      'show uplink',
      'uplink is down since 03:12',
      'The light of the second port is red.',
    ],
  }),
  report('lines that begin with > because something is larger', {
    body: `
      I tried files of several sizes:

      < 100 MB: works
      > 100 MB: the page stays white
      > 1 GB: the connection breaks

      Is there a limit at 100 MB?`,
    new: [
      '< 100 MB: works',
      '100 MB: the page stays white',
      '1 GB: the connection breaks',
      'Is there a limit at 100 MB?',
    ],
  }),
  report('an error message set off with >, without any earlier mail', {
    body: `
      When I press Pay, the page says:

      > Transaction 8841 was refused by the terminal.
      > Ask your provider for code Q7.

      What is code Q7?`,
    new: [
      'When I press Pay, the page says:',
      'Transaction 8841 was refused by the terminal.',
      'Ask your provider for code Q7.',
      'What is code Q7?',
    ],
  }),
  report('a line that begins with From, escaped by a mail store as >From', {
    body: `
      Thank you, the printer works.

      >From now on only the office in Lleida may use it.
      Please remove the others.`,
    new: [
      'Thank you, the printer works.',
      'From now on only the office in Lleida may use it.',
      'Please remove the others.',
    ],
  }),
  report('holidays given as From and To', {
    body: `
      I am not in the office on these days:

      From: Monday 9 November
      To: Friday 13 November
      Subject to change, of course.

      Write to Biel instead.`,
    new: [
      'From: Monday 9 November',
      'To: Friday 13 November',
      'Subject to change, of course.',
      'Write to Biel instead.',
    ],
  }),
  report('the headers of a lost mail, pasted for the help desk to look at', {
    body: `
      A customer says that this mail came back:

      From: Ferran <ferran@shop.example.net>
      To: orders@example.org
      Subject: Order 5512
      Status: 550 mailbox full

      My mailbox is nearly empty. What happened?`,
    new: [
      'A customer says that this mail came back:',
      'From: Ferran <ferran@shop.example.net>',
      'Subject: Order 5512',
      'Status: 550 mailbox full',
      'My mailbox is nearly empty. What happened?',
    ],
  }),
];
