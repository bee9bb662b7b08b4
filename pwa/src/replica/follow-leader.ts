import { Observable, type BehaviorSubject } from 'rxjs';
import type { Connection } from '#sync/client/store.ts';

type Said = Connection | 'ask' | 'wake' | 'reload';

export type Followed = {
  /** The connection of the tab that talks to the server. */
  connection: Observable<Connection>;
  /** Makes that tab try at once: there is a network again, or a session. */
  wake: () => void;
  /** Loads this tab anew, and the one that talks to the server where that has stopped. */
  reload: () => void;
};

/** Only one tab, the leader, talks to the server; the others show what it says of the connection. */
export function followLeader(name: string, own: BehaviorSubject<Connection>, woken: () => void): Followed {
  const connection = new Observable<Connection>((subscriber) => {
    const channel = new BroadcastChannel(`${name}-connection`);
    let latest: Connection = own.value;
    const show = (value: Connection) => {
      latest = value;
      subscriber.next(value);
    };
    channel.onmessage = ({ data }: MessageEvent<Said>) => {
      if (data === 'wake') woken();
      else if (data === 'reload') reloadIfStopped();
      else if (data !== 'ask') show(data);
      else if (latest.syncedAt !== null || latest.fault) channel.postMessage(latest);
    };
    channel.postMessage('ask');
    const subscription = own.subscribe((value) => {
      if (value.syncedAt === null && !value.online && !value.fault && latest.syncedAt !== null) return;
      show(value);
      if (value.syncedAt !== null || value.fault) channel.postMessage(value);
    });
    return () => {
      subscription.unsubscribe();
      channel.close();
    };
  });
  const reloadIfStopped = () => {
    if (own.value.fault) window.location.reload();
  };
  const tellOthers = (said: 'wake' | 'reload') => {
    const channel = new BroadcastChannel(`${name}-connection`);
    channel.postMessage(said);
    channel.close();
  };
  return {
    connection,
    wake() {
      woken();
      tellOthers('wake');
    },
    reload() {
      tellOthers('reload');
      window.location.reload();
    },
  };
}
