import type { Leadership } from '#sync/client/store.ts';

/** A leader that has not answered for so long is frozen or hangs; twice an answer's time under full load. */
const silenceMs = 5_000;
const askEveryMs = 1_500;

/**
 * Of the tabs that show one replica, one talks to the server: who holds a lock of the browser, which goes to the next
 * when that tab is closed or crashes. A tab that the browser has frozen keeps its lock and does nothing: so whoever
 * looks at another tab asks the leader, and takes the lock from one that does not answer. (Messages reach a tab in
 * the background, whose timers hardly run; a frozen one they do not.)
 */
export function leadershipOf(name: string): Leadership {
  return ({ gained, lost }) => {
    let ended = false;
    let leads = false;
    let letGo: () => void = () => undefined;
    let heardAt = Date.now();
    let queued = new AbortController();
    const channel = new BroadcastChannel(`${name}-leader`);

    const hold = () => {
      if (ended) return;
      leads = true;
      gained();
      return new Promise<void>((free) => (letGo = free));
    };
    const lose = () => {
      if (!leads) return;
      leads = false;
      lost();
      if (!ended) queue();
    };
    const queue = () => {
      queued = new AbortController();
      navigator.locks.request(name, { signal: queued.signal }, hold).catch(lose);
    };
    const stealLeadership = () => {
      queued.abort();
      navigator.locks.request(name, { steal: true }, hold).catch(lose);
    };

    channel.onmessage = ({ data }: MessageEvent<'ask' | 'here'>) => {
      if (data === 'ask' && leads) channel.postMessage('here');
      if (data === 'here') heardAt = Date.now();
    };
    let askedAt = 0;
    const timer = setInterval(() => {
      const now = Date.now();
      // A pause of this tab itself (it was frozen, or the machine slept) says nothing of the other.
      if (leads || document.hidden || now - askedAt > 2 * askEveryMs) heardAt = now;
      askedAt = now;
      if (leads || document.hidden) return;
      if (now - heardAt > silenceMs) {
        heardAt = now;
        stealLeadership();
      } else channel.postMessage('ask');
    }, askEveryMs);
    queue();

    return () => {
      ended = true;
      leads = false;
      clearInterval(timer);
      queued.abort();
      letGo();
      channel.close();
    };
  };
}
