import { run } from './first-pull.ts';

for (const { name, value, unit, must, goal, note } of await run()) {
  const limits = must === undefined ? '' : ` (must ${must}${goal === undefined ? '' : `, goal ${goal}`})`;
  console.log(`${name}: ${value.toFixed(2)} ${unit}${limits}${note ? ` - ${note}` : ''}`);
}
