/**
 * Where the nodes of one mesh on this machine write themselves down: a folder that only its user can read.
 * Each node listens, writes its file, and then reads the others': of two that start together one sees the other.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPrivateFolder, privateFolder } from './private-folder.ts';

/** A node as the others on this machine reach it. */
export interface LoopbackNode {
  id: string;
  /** Its process. */
  pid: number;
  /** Its port on 127.0.0.1. */
  port: number;
  /** What a caller must know to be let in: it proves that the caller can read this folder. */
  pass: string;
}

/** Which nodes find each other: those of one namespace, started from one folder. */
export interface LoopbackMesh {
  namespace: string;
  /** The project's folder: two clones of it are two meshes. */
  root: string;
  /** Where folders for a while lie. @default os.tmpdir() */
  tmp?: string;
}

/** The nodes of one mesh, as files. */
export class LoopbackNodes {
  readonly #folder: string;
  readonly #prefix: string;

  constructor({ namespace, root, tmp }: LoopbackMesh) {
    const mesh = createHash('sha256').update(`${root}\0${namespace}`).digest('hex').slice(0, 16);
    this.#folder = privateFolder(tmp);
    this.#prefix = `${mesh}.`;
  }

  /** Makes the folder. @throws where it is not this user's alone */
  open(): void {
    openPrivateFolder(this.#folder);
  }

  /** Writes a node down, whole or not at all. */
  add(node: LoopbackNode): void {
    const draft = `${this.#path(node.id)}.${process.pid}.draft`;
    writeFileSync(draft, JSON.stringify(node), { mode: 0o600 });
    renameSync(draft, this.#path(node.id));
  }

  /** The node of this id, or undefined where it is not written down. */
  find(id: string): LoopbackNode | undefined {
    return readNode(this.#path(id));
  }

  /** All nodes whose process lives; what the dead have left behind is taken away. */
  living(): LoopbackNode[] {
    const nodes = readdirSync(this.#folder)
      .filter((name) => name.startsWith(this.#prefix) && name.endsWith(SUFFIX))
      .map((name) => readNode(join(this.#folder, name)))
      .filter((node) => node !== undefined);
    for (const node of nodes) if (!isAlive(node.pid)) this.remove(node.id);
    return nodes.filter(({ pid }) => isAlive(pid));
  }

  /** Takes a node away; it may be gone already. */
  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  #path(id: string): string {
    return join(this.#folder, `${this.#prefix}${encodeURIComponent(id)}${SUFFIX}`);
  }
}

const SUFFIX = '.json';

function readNode(path: string): LoopbackNode | undefined {
  try {
    const { id, pid, port, pass } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LoopbackNode>;
    if (typeof id !== 'string' || typeof pass !== 'string') return undefined;
    if (typeof pid !== 'number' || typeof port !== 'number') return undefined;
    return { id, pid, port, pass };
  } catch {
    return undefined; // gone since, or not written by a node
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
