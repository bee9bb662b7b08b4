import { Observable, type BehaviorSubject } from 'rxjs';
import type { Connection } from '#sync/client/connection.ts';

type ChannelMessage = Connection | 'ask' | 'wake' | 'reload';

export type Followed = {
  /** The connection of the leader, the tab that talks to the server. */
  connection: Observable<Connection>;
  /** Makes the leader retry at once, because the network or the session is back. */
  wake: () => void;
  /** Reloads this tab, and the leader if it has stopped. */
  reload: () => void;
};

/**
 * Shares the leader's connection state between tabs. Only the leader talks to the server.
 *
 * @param onWake called when any tab asks for a retry
 */
export function followLeader(name: string, own: BehaviorSubject<Connection>, onWake: () => void): Followed {
  const connection = new Observable<Connection>((subscriber) => {
    const channel = new BroadcastChannel(`${name}-connection`);
    let latest: Connection = own.value;
    const show = (value: Connection) => {
      latest = value;
      subscriber.next(value);
    };
    channel.onmessage = ({ data }: MessageEvent<ChannelMessage>) => {
      if (data === 'wake') onWake();
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
  const notifyOthers = (message: 'wake' | 'reload') => {
    const channel = new BroadcastChannel(`${name}-connection`);
    channel.postMessage(message);
    channel.close();
  };
  return {
    connection,
    wake() {
      onWake();
      notifyOthers('wake');
    },
    reload() {
      notifyOthers('reload');
      window.location.reload();
    },
  };
}
