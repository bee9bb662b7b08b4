import type { Leadership } from '#sync/client/store.ts';

/** A leader silent for this long is frozen or hangs. Twice the time an answer takes under full load. */
const timeoutMs = 5_000;
const pingMs = 1_500;

/**
 * Elects the tab that talks to the server among those that show one replica. The leader holds a Web Lock, which passes
 * to the next tab when it closes or crashes. A tab frozen by the browser keeps its lock but does nothing. So a visible
 * tab pings the leader and steals the lock if there is no answer. (Messages reach a background tab, although its timers
 * hardly run. They do not reach a frozen tab.)
 */
export function leadershipOf(name: string): Leadership {
  return ({ gained, lost }) => {
    let ended = false;
    let leads = false;
    let release: () => void = () => undefined;
    let answeredAt = Date.now();
    let queued = new AbortController();
    const channel = new BroadcastChannel(`${name}-leader`);

    const hold = () => {
      if (ended) return;
      leads = true;
      gained();
      return new Promise<void>((free) => (release = free));
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
      if (data === 'here') answeredAt = Date.now();
    };
    let lastTickAt = 0;
    const timer = setInterval(() => {
      const now = Date.now();
      // If this tab itself paused (frozen, or the machine slept), the leader's silence means nothing.
      if (leads || document.hidden || now - lastTickAt > 2 * pingMs) answeredAt = now;
      lastTickAt = now;
      if (leads || document.hidden) return;
      if (now - answeredAt > timeoutMs) {
        answeredAt = now;
        stealLeadership();
      } else channel.postMessage('ask');
    }, pingMs);
    queue();

    return () => {
      ended = true;
      leads = false;
      clearInterval(timer);
      queued.abort();
      release();
      channel.close();
    };
  };
}
