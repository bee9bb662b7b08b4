import { i18n, setLocale } from '../i18n/i18n.ts';
import { theReplica } from '../replica/replica.ts';
import { useSession } from '../session/session.ts';

/** Changes to the other language, also for the account: its e-mails are written in it. */
export async function switchLanguage(): Promise<void> {
  const { me } = useSession();
  const language = i18n.global.locale.value === 'es' ? 'en' : 'es';
  await setLocale(language);
  if (me) await theReplica().patch('people', me.id, { language });
}
