/**
 * A second implementation of the billing run, as a test oracle. It walks slowly from day to day, on whole numbers (days
 * since 1970-01-01), and shares no code with the product. A mistake goes unnoticed only if both make the same one.
 */

export type OracleOrder = {
  id: string;
  client: string;
  billingPeriod: 'once' | 'month' | 'quarter' | 'year';
  chargedAt: 'start' | 'end';
  alignment: 'anniversary' | 'calendar';
  anchor: string | null;
  billFrom: string | null;
  releasedUntil?: string | null;
  cancelsOn: string | null;
  nextStatus?: { on: string; status: 'active' | 'suspended' } | null;
  prices: readonly { from: string; amount: number }[];
  history: readonly { on: string; status: 'active' | 'suspended' | 'cancelled' }[];
};
export type OracleCharge = {
  order: string;
  client: string;
  from: string;
  to: string;
  amount: number;
  due: string;
};
type ExistingCharge = { order: string; from: string; to: string };
type Draft = { from: number; to: number; amount: number; due: number };

/** Days from 1970-01-01 to a Gregorian date. Years are counted from March, so that a leap day is the last day. */
function numberOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const before = Math.floor((153 * m + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + before - 719_468;
}

function parse(text: string): [number, number, number] {
  return [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
}

const dayNumber = (text: string) => numberOf(...parse(text));

/** The date of a day number, found by counting up. */
function textOf(number: number): string {
  let year = 1970 + Math.floor(number / 366);
  while (numberOf(year + 1, 1, 1) <= number) year += 1;
  let month = 1;
  while (month < 12 && numberOf(year, month + 1, 1) <= number) month += 1;
  const day = number - numberOf(year, month, 1) + 1;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The day number `count` months after a date, clamped to the last day of the month. */
function monthsAfter([year, month, day]: [number, number, number], count: number): number {
  const months = year * 12 + (month - 1) + count;
  const [y, m] = [Math.floor(months / 12), (months % 12) + 1];
  const next = m === 12 ? numberOf(y + 1, 1, 1) : numberOf(y, m + 1, 1);
  return Math.min(numberOf(y, m, 1) + day - 1, next - 1);
}

const length = { month: 1, quarter: 3, year: 12 };

function periodsOf(order: OracleOrder & { billingPeriod: 'month' | 'quarter' | 'year'; anchor: string }) {
  const [year, month, day] = parse(order.anchor);
  const size = length[order.billingPeriod];
  const opening = month - ((month - 1) % size);
  const onBoundary = day === 1 && opening === month;
  if (order.alignment === 'anniversary' || onBoundary) {
    return (k: number) => {
      const start = monthsAfter([year, month, day], k * size);
      const end = monthsAfter([year, month, day], (k + 1) * size);
      return { start, end, full: end - start };
    };
  }
  return (k: number) => {
    const start = monthsAfter([year, opening, 1], k * size);
    const end = monthsAfter([year, opening, 1], (k + 1) * size);
    return { start: k === 0 ? numberOf(year, month, day) : start, end, full: end - start };
  };
}

/** Price x days / days of the full period; half a minor unit is rounded up. */
const prorated = (price: number, days: number, full: number) =>
  Math.floor((2 * price * days + full) / (2 * full));

function priceAt(order: OracleOrder, day: number): number {
  let price = order.prices[0]?.amount ?? 0;
  for (const row of order.prices) if (dayNumber(row.from) <= day) price = row.amount;
  return price;
}

/** The state of an order on each day from its first change on. It goes from one day to the next, never backwards. */
function* daysOf(
  order: OracleOrder,
  until: number,
): Generator<{ day: number; running: boolean; active: boolean; ended: boolean }> {
  const changes = order.history.map(({ on, status }) => ({ on: dayNumber(on), status }));
  if (order.nextStatus) changes.push({ on: dayNumber(order.nextStatus.on), status: order.nextStatus.status });
  if (order.cancelsOn !== null) changes.push({ on: dayNumber(order.cancelsOn), status: 'cancelled' });
  const first = Math.min(...changes.map(({ on }) => on));
  const changesOn = Map.groupBy(changes, ({ on }) => on);
  const billFrom = order.billFrom === null ? -Infinity : dayNumber(order.billFrom);
  let running = false;
  let cancelled = false;
  for (let day = first; day <= until; day += 1) {
    const today = changesOn.get(day) ?? [];
    const wasCancelled = cancelled;
    if (!cancelled) {
      for (const { status } of today) running = status === 'active';
      if (today.some(({ status }) => status === 'cancelled')) [running, cancelled] = [false, true];
    }
    yield { day, running, active: running && day >= billFrom, ended: cancelled && !wasCancelled };
  }
}

/** The start of the periods: the anchor that was set, or else the first day on which the order runs, even if scheduled. */
function anchorIn(order: OracleOrder, until: number): string | null {
  if (order.anchor !== null) return order.anchor;
  for (const { day, running } of daysOf(order, until)) if (running) return textOf(day);
  return null;
}

function draftsOf(order: OracleOrder & { anchor: string }, until: number, isCharged: boolean): Draft[] {
  const { billingPeriod } = order;
  const anchor = dayNumber(order.anchor);
  if (billingPeriod === 'once') {
    for (const { day, active } of isCharged ? [] : daysOf(order, until)) {
      if (active && day >= anchor) return [{ from: day, to: day + 1, amount: priceAt(order, day), due: day }];
    }
    return [];
  }
  const periodOf = periodsOf({ ...order, billingPeriod });
  const drafts: Draft[] = [];
  let k = 0;
  let period = periodOf(0);
  let open: { from: number } | null = null;
  let stretches: { from: number; to: number }[] = [];
  let charged = false;
  const endStretch = (day: number) => {
    if (open) stretches.push({ from: open.from, to: day });
    open = null;
  };
  const bill = (due: number) => {
    for (const { from, to } of stretches)
      drafts.push({
        from,
        to,
        amount: prorated(priceAt(order, period.start), to - from, period.full),
        due,
      });
    stretches = [];
  };
  for (const { day, active, ended } of daysOf(order, until)) {
    while (day >= period.end) {
      endStretch(period.end);
      if (order.chargedAt === 'end') bill(period.end);
      stretches = [];
      k += 1;
      period = periodOf(k);
      charged = false;
    }
    const counts = active && day >= anchor;
    if (order.chargedAt === 'start') {
      if (counts && !charged) {
        const amount = prorated(priceAt(order, period.start), period.end - day, period.full);
        drafts.push({ from: day, to: period.end, amount, due: day });
        charged = true;
      }
      continue;
    }
    if (counts) open ??= { from: day };
    else endStretch(day);
    if (ended) bill(day);
  }
  return drafts;
}

/** The result of a run for a day, in the same form as `chargesDue`. */
export function oracleCharges(
  orders: readonly OracleOrder[],
  existing: readonly ExistingCharge[],
  day: string,
): { charges: OracleCharge[]; held: { order: string; reason: 'too-many-charges' }[] } {
  const charges: OracleCharge[] = [];
  const held: { order: string; reason: 'too-many-charges' }[] = [];
  for (const order of orders.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const anchor = anchorIn(order, dayNumber(day));
    if (anchor === null) continue;
    const before = existing.filter((each) => each.order === order.id);
    const drafts = draftsOf({ ...order, anchor }, dayNumber(day), before.length > 0).filter(
      ({ from, to, amount }) =>
        amount > 0 && !before.some((each) => from < dayNumber(each.to) && dayNumber(each.from) < to),
    );
    // All charges billable by the day of a release are created. Only later charges count toward the limit.
    const released = order.releasedUntil ? dayNumber(order.releasedUntil) : -Infinity;
    const isHeld = drafts.filter(({ due }) => due > released).length > 36;
    if (isHeld) held.push({ order: order.id, reason: 'too-many-charges' });
    const billable = drafts.filter(({ due }) => !isHeld || due <= released);
    for (const { from, to, amount, due } of billable.toSorted((a, b) => a.from - b.from)) {
      const days = { from: textOf(from), to: textOf(to) };
      charges.push({ order: order.id, client: order.client, ...days, amount, due: textOf(due) });
    }
  }
  return { charges, held };
}
