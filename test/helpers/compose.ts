/** docker-compose.yml, read as Docker reads it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './processes.ts';

/** A container, as the file describes it. */
export interface Container {
  image: string;
  build?: string;
  command?: string;
  environment?: Record<string, string | number>;
  ports?: string[];
  profiles?: string[];
  volumes?: string[];
  restart?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
}

/** The file. */
export interface ComposeFile {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
}

/** Reads the file; `${NAME:-default}` becomes the default. */
export function readComposeFile(): ComposeFile {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  return parse(text.replaceAll(/\$\{\w+:-(\w*)\}/g, '$1'), { merge: true }) as ComposeFile;
}

/** The lines of a file like Dockerfile or .dockerignore, without comments. */
export function readLines(name: string): string[] {
  const lines = readFileSync(join(ROOT, name), 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
