/** Many small writes over HTTP, each of which can be told in the database afterwards, and repeated until it is there. */
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { createTokens } from '../../gateway/tokens.ts';
import { openUsersStore } from '../../services/users/users-store.ts';
import { JWT_SECRET } from '../helpers/mesh.ts';
import { type Reply, sendRequest } from '../helpers/requests.ts';

/** One write. */
export interface Write {
  method: 'PATCH' | 'DELETE' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: object;
  /** The status that says that it is written. */
  success: number;
  /** The status of a repetition that finds it written already. */
  found: number;
  isWritten(db: DatabaseSync): boolean;
}

/** An answer that did not say that it is written: it may be, all the same. */
export interface Refusal {
  write: Write;
  reply: Reply;
}

/** Writes that are on their way. */
export interface Writing {
  readonly acknowledged: ReadonlySet<Write>;
  readonly refusals: readonly Refusal[];
  /** Whoever was refused tries again from now on. */
  tryAgain(): void;
  /** Resolves when every write is acknowledged. */
  readonly done: Promise<unknown>;
}

/**
 * Keeps users, without the gateway and without the time that their passwords would take, and thinks of as many writes:
 * mostly new names, some removals, a few new users.
 */
export async function prepareWrites(path: string, count: number): Promise<Write[]> {
  openUsersStore(path).close();
  const db = new DatabaseSync(path);
  const insert = db.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?)');
  const tokens = createTokens({ secret: JWT_SECRET });
  const writes: Write[] = [];
  db.exec('BEGIN');
  for (let at = 0; at < count; at++) {
    if (at % 100 === 0) {
      writes.push(registration(`new-${at}@example.org`));
      continue;
    }
    const id = randomUUID();
    insert.run(
      id,
      'before',
      `${at}@example.org`,
      'none that anybody signs in with',
      new Date().toISOString(),
    );
    const headers = { authorization: `Bearer ${(await tokens.issue(id)).token}` };
    writes.push(at % 10 === 5 ? removal(id, headers) : renaming(id, headers));
  }
  db.exec('COMMIT');
  db.close();
  return writes;
}

function renaming(id: string, headers: Write['headers']): Write {
  const name = `after ${id}`;
  return {
    ...{ method: 'PATCH', path: `/users/${id}`, headers, body: { name }, success: 200, found: 200 },
    isWritten: (db) => db.prepare('SELECT name FROM users WHERE id = ?').get(id)?.['name'] === name,
  };
}

function removal(id: string, headers: Write['headers']): Write {
  return {
    ...{ method: 'DELETE', path: `/users/${id}`, headers, success: 204, found: 404 },
    isWritten: (db) => db.prepare('SELECT 1 FROM users WHERE id = ?').get(id) === undefined,
  };
}

function registration(email: string): Write {
  return {
    ...{ method: 'POST', path: '/users', headers: {}, success: 201, found: 409 },
    body: { name: 'New', email, password: 'analytical engine' },
    isWritten: (db) =>
      db.prepare('SELECT count(*) AS times FROM users WHERE email = ?').get(email)?.['times'] === 1,
  };
}

/** Sends all writes, some at a time; one that is refused waits until it is told to try again. */
export function startWriting(
  gatewayUrl: string,
  writes: readonly Write[],
  { connections }: { connections: number },
): Writing {
  const waiting = writes.values();
  const acknowledged = new Set<Write>();
  const refusals: Refusal[] = [];
  const again = Promise.withResolvers<void>();

  async function send(write: Write): Promise<void> {
    const { method, path, headers, body } = write;
    const reply = await sendRequest(gatewayUrl, method, path, body, headers);
    const isRepetition = refusals.some((refusal) => refusal.write === write);
    if (reply.status === write.success || (isRepetition && reply.status === write.found))
      acknowledged.add(write);
    else refusals.push({ write, reply });
  }

  async function run(): Promise<void> {
    for (const write of waiting) {
      await send(write);
      while (!acknowledged.has(write)) {
        await again.promise;
        await send(write);
      }
    }
  }

  return {
    acknowledged,
    refusals,
    tryAgain: again.resolve,
    done: Promise.all(Array.from({ length: connections }, run)),
  };
}
