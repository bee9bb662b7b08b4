/** A CPU profile as V8 writes it. Times are in microseconds. */
export type CpuProfile = {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
};

/** The own time of each module in ms, the longest first: packages, folders of the project, and what V8 and Node do. */
export function modulesOf({ nodes, samples, timeDeltas }: CpuProfile): [name: string, ms: number][] {
  const moduleOf = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const name = moduleOf.get(id) ?? 'unknown';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1_000);
  }
  return [...times].sort(([, a], [, b]) => b - a);
}

function nameOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  const [, pack] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (pack) return pack;
  if (url.startsWith('node:')) return url.replace(/\/.*/, '');
  const [, own] = /\/((?:server|shared|sync)\/(?:[^/]+\/)?)[^/]*$/.exec(url) ?? [];
  return own ?? `(${functionName.replace(/[()]/g, '') || 'native'})`;
}
