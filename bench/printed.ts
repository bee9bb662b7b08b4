import type { Figure } from './figure.ts';

/**
 * Checks a printed table of figures, as a reader who compares two runs needs it.
 *
 * @returns its faults: figures that are missing, or that are neither a finite number nor marked as skipped
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
