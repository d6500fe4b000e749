/** `npm start`: gateway, services and a Jaeger on this machine, each in a process of its own, under one terminal. */
import { runLauncher } from './dev/run-launcher.ts';

await runLauncher({ root: import.meta.dirname, env: process.env });
