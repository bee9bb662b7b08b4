import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { attacks, type Attack, type Attacker } from './attacks.ts';

/*
 * The hostile client has a thread of its own, so that its work does not delay the people who are measured. A real one has
 * a machine of its own, so here it gets only the time that the two cores have left.
 */
setPriority(constants.priority.PRIORITY_LOW);

const attacker = workerData as Attacker; // given by hostile.ts
let count = 0;

async function repeat(attack: Attack): Promise<void> {
  for (;;) {
    await attack(attacker);
    count += 1;
    await sleep(1); // a refusal may come at once
  }
}

for (const [attack, atOnce] of attacks) for (let i = 0; i < atOnce; i += 1) void repeat(attack);
parentPort?.on('message', () => parentPort?.postMessage(count));
