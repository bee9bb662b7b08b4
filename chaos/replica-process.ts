import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { RxStorage } from 'rxdb/plugins/core';
import type { Player } from './cast.ts';
import { openDevice, type Device } from './device.ts';
import type { Order, Report } from './wire.ts';

/** One device in a process of its own (a process holds 13 RxDB collections, which is one replica). */

const say = (report: Report) => void process.send?.(report);
let device: Device | null = null;

process.on('message', (order: Order) => {
  void obey(order);
});
// The run is over, or was killed: nothing of it stays.
process.on('disconnect', () => process.exit(0));

async function obey(order: Order): Promise<void> {
  if (order.do === 'open') {
    const { player, url, trace } = order;
    device = await openDevice(player, {
      url,
      storage: await storageOf(player),
      say,
      ...(trace ? { trace: console.log } : {}),
    });
  } else if (order.do === 'act') await device?.act(order.what, order.numbers);
  else if (order.do === 'reload') await device?.reload();
  else if (order.do === 'resync') device?.resync();
  else if (order.do === 'enabled') device?.enabled();
  else {
    const value = order.what === 'state' ? await device?.state() : await device?.dump();
    say({ said: 'answer', ask: order.ask, value: value ?? null });
  }
}

async function storageOf({ storage }: Player): Promise<RxStorage<unknown, unknown>> {
  if (storage === 'memory') return getRxStorageMemory() as RxStorage<unknown, unknown>; // its own types inside
  return (await import('./dexie-storage.ts')).dexieStorage();
}
