import { spawn } from 'node:child_process';

/**
 * `npm run dev`: starts the server, restarted when its files change, and Vite with hot reload at
 * http://localhost:5173.
 */
const children = [
  spawn(process.execPath, ['--watch', 'server/main.ts'], { stdio: 'inherit' }),
  spawn('vite', ['pwa'], { stdio: 'inherit' }),
];
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => children.forEach((child) => child.kill(signal)));
}
