import { Observable, type BehaviorSubject } from 'rxjs';
import type { Connection } from '#sync/client/store.ts';

type Said = Connection | 'ask' | 'wake';

export type Followed = {
  /** The connection of the tab that talks to the server. */
  connection: Observable<Connection>;
  /** Makes that tab try at once: there is a network again, or a session. */
  wake: () => void;
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
      else if (data !== 'ask') show(data);
      else if (latest.syncedAt !== null) channel.postMessage(latest);
    };
    channel.postMessage('ask');
    const subscription = own.subscribe((value) => {
      if (value.syncedAt === null && !value.online && latest.syncedAt !== null) return;
      show(value);
      if (value.syncedAt !== null) channel.postMessage(value);
    });
    return () => {
      subscription.unsubscribe();
      channel.close();
    };
  });
  return {
    connection,
    wake() {
      woken();
      const channel = new BroadcastChannel(`${name}-connection`);
      channel.postMessage('wake');
      channel.close();
    },
  };
}
