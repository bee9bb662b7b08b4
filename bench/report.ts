import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { findBinaries } from '../server/database/embedded-binaries.ts';
import { verdictOn, type Figure } from './figure.ts';

export type Machine = {
  cpu: string;
  cores: number;
  memoryGb: number;
  /** Load average of the last minute before the bench began. Above 0, other processes were at work too. */
  load: number;
  node: string;
  mariadb: string;
};

export function describeMachine(): Machine {
  const { server } = findBinaries(process.env['PATH'] ?? '', process.env['MARIADBD'] ?? null);
  const version = execFileSync(server, ['--no-defaults', '--version'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
    node: process.version,
    mariadb: /\d+\.\d+\.\d+/.exec(version)?.[0] ?? version.trim(),
  };
}

export function machineText({ cpu, cores, memoryGb, load, node, mariadb }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, load ${load.toFixed(1)}, Node ${node}, MariaDB ${mariadb}`;
}

/** Formats the figures as a table, one per line. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['', 'value', 'must', 'goal', ''];
  const rows = figures.map((figure) => [
    figure.name,
    figure.skipped === undefined ? `${rounded(figure.value)} ${figure.unit}` : 'skipped',
    limit(figure, figure.must),
    limit(figure, figure.goal),
    [verdictOn(figure), figure.note, figure.skipped].filter(Boolean).join(' · '),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  return [head, ...rows]
    .map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

function limit({ better }: Figure, value: number | undefined): string {
  return value === undefined ? '' : `${better === 'higher' ? '>=' : '<='} ${value}`;
}

/** Rounds to three significant digits; whole numbers are unchanged. */
function rounded(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
