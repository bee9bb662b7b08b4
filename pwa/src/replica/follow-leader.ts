import { Observable, type BehaviorSubject } from 'rxjs';
import type { Connection } from '#sync/replica/open-replica.ts';

/** Only one tab, the leader, talks to the server; the others show what it says of the connection. */
export function followLeader(name: string, own: BehaviorSubject<Connection>): Observable<Connection> {
  return new Observable((subscriber) => {
    const channel = new BroadcastChannel(`${name}-connection`);
    let latest: Connection = own.value;
    const show = (value: Connection) => {
      latest = value;
      subscriber.next(value);
    };
    channel.onmessage = ({ data }: MessageEvent<Connection | 'ask'>) => {
      if (data !== 'ask') show(data);
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
}
