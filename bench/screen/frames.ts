import type { Page } from '@playwright/test';

/** What the person saw during some work. Times are milliseconds. */
export type Frames = { count: number; longestMs: number; over50Ms: number };

declare global {
  interface Window {
    benchFrames: number[] | null;
  }
}

/** Records when each frame begins. A frame that takes long is a page that stands still. */
export async function recordFrames(page: Page, work: () => Promise<unknown>): Promise<Frames> {
  await page.evaluate(() => {
    const frames: number[] = [];
    window.benchFrames = frames;
    const next = (time: number) => {
      frames.push(time);
      if (window.benchFrames === frames) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await work();
  const times = await page.evaluate(() => {
    const recorded = window.benchFrames ?? [];
    window.benchFrames = null;
    return recorded;
  });
  const durations = times.slice(1).map((time, i) => time - (times[i] ?? time));
  return {
    count: durations.length,
    longestMs: Math.max(0, ...durations),
    over50Ms: durations.filter((ms) => ms > 50).length,
  };
}
