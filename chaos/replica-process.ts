import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import type { RxStorage } from 'rxdb/plugins/core';
import type { Player } from './cast.ts';
import { openDevice, type Device } from './device.ts';
import type { Command, Report } from './wire.ts';

/** One device in its own process. RxDB allows a process 13 collections, which is one replica. */

const send = (report: Report) => void process.send?.(report);
let device: Device | null = null;

process.on('message', (command: Command) => {
  void execute(command);
});
// The run has ended or was killed: nothing may stay behind.
process.on('disconnect', () => process.exit(0));

async function execute(command: Command): Promise<void> {
  if (command.do === 'open') {
    const { player, url, trace } = command;
    device = await openDevice(player, {
      url,
      storage: await storageOf(player),
      send,
      ...(trace ? { trace: console.log } : {}),
    });
  } else if (command.do === 'act') await device?.act(command.what, command.numbers);
  else if (command.do === 'reload') await device?.reload();
  else if (command.do === 'resync') device?.resync();
  else if (command.do === 'enabled') device?.enabled();
  else {
    const value = command.what === 'state' ? await device?.state() : await device?.dump();
    send({ type: 'answer', ask: command.ask, value: value ?? null });
  }
}

async function storageOf({ storage }: Player): Promise<RxStorage<unknown, unknown>> {
  if (storage === 'memory') return getRxStorageMemory() as RxStorage<unknown, unknown>; // the memory storage has internal types of its own
  return (await import('./dexie-storage.ts')).dexieStorage();
}
