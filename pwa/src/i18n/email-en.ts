/** Texts of messages that arrived by e-mail. */
export const emailEn = {
  email: {
    unverified: 'Unverified sender: this address may be forged.',
    cut: '{n} characters are not shown.',
    folded: 'The quoted e-mail is not shown.',
    otherParts: '1 more part in the e-mail. | {n} more parts in the e-mail.',
    whole: 'Show the whole e-mail',
    loading: 'Loading the e-mail…',
    text: 'Text',
    html: 'As it was formatted',
    noText: 'The e-mail has no text.',
    parts: 'Parts of the e-mail',
    source: 'Save the original ({size})',
    unreadable: 'This e-mail could not be read here. Save the original and open it with a mail program.',
    tooLong: 'This e-mail is too long to be shown. Save the original to read all of it.',
    renew: 'Renew the reply addresses',
    renewed: 'Earlier reply addresses of this ticket no longer work. The next e-mails have new ones.',
  },
};
export type EmailMessages = typeof emailEn;
