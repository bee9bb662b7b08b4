import type { Figure } from './figure.ts';

/**
 * Reads a printed table of figures as somebody would who compares two runs.
 *
 * @returns what is wrong with it: a figure that is not there, or that is neither a finite number nor named as skipped
 */
export function faultsIn(table: string, figures: readonly Figure[]): string[] {
  if (figures.length === 0) return ['the bench gave no figures'];
  const lines = table.split('\n').slice(1); // below the heads
  return figures.flatMap(({ name, skipped }, i) => {
    const line = lines[i] ?? '';
    if (!line.startsWith(`${name}  `)) return [`${name}: not printed`];
    const [value = ''] = line.slice(name.length).trimStart().split(/\s/);
    if (value === 'skipped') return skipped ? [] : [`${name}: skipped without a reason`];
    return /^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(value) ? [] : [`${name}: "${value}" is no finite number`];
  });
}
