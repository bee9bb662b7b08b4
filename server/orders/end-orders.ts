import { Op } from 'sequelize';
import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Server } from '../context.ts';
import { inUnit } from '../documents/unit.ts';
import { settings } from '../provider/settings.ts';

/**
 * Cancels every order whose last day has come, each in a unit of its own. It counts from the day that was said,
 * whenever this runs; done again it finds nothing.
 *
 * @param day default: today in the provider's time zone
 * @returns how many were cancelled
 */
export async function endOrders(server: Server, day?: Day): Promise<number> {
  const { timeZone } = await settings(server);
  const today = day ?? dayOf(server.now(), timeZone);
  const rows = await server.models.orders.findAll({
    where: { cancelsOn: { [Op.lte]: today }, status: ['active', 'suspended'] },
    attributes: ['id'],
    raw: true,
  });
  const writer = () => ({ actor: null, device: 'end-orders', writtenAt: server.now() });
  let ended = 0;
  for (const row of rows) {
    const { id } = row as unknown as { id: string }; // the column selected above
    const { result } = await inUnit(server, writer(), async (unit) => {
      const order = await unit.load('orders', id);
      // Taken back or cancelled since it was found.
      if (!order?.cancelsOn || order.cancelsOn > today || order.status === 'cancelled') return 0;
      const change = { on: order.cancelsOn, status: 'cancelled' as const, reason: '', at: unit.now };
      const history = [...order.history, change];
      await unit.update('orders', order, { status: 'cancelled', cancelsOn: null, history });
      return 1;
    });
    ended += result;
  }
  return ended;
}
