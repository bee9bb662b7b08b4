import { formatMoney } from '#shared/billing/money.ts';
import type { NextRun } from '#shared/invoices/api.ts';

/** Prints what a run would issue. */
export function printRun({ day, currency, clients, held, lastMonth, net }: NextRun): void {
  const money = (minor: number) => formatMoney(minor, currency, 'en');
  console.log(`A run for ${day} would issue (net amounts; nothing was changed):`);
  for (const { name, net: sum, charges, adjustments, waits } of clients) {
    console.log(`  ${money(sum)}  ${name}${waits ? '  (waits for a billing identity)' : ''}`);
    for (const { number, text, from, to, amount, why } of charges) {
      const calculation = `${money(why.price)} x ${why.days}/${why.of} days`;
      console.log(`      #${number ?? ''} ${text}  [${from}, ${to})  ${money(amount)} = ${calculation}`);
    }
    for (const { text, amount } of adjustments) console.log(`      ${text}  ${money(amount)}`);
  }
  for (const { number, text } of held)
    console.log(`  held: order #${number ?? ''} ${text} (too many charges)`);
  console.log(`${clients.length} invoices, ${money(net)}; issued in the month before: ${money(lastMonth)}`);
}
