/** What the users service does, without the mesh and without a database. */
import { randomUUID } from 'node:crypto';
import type {
  NewUser,
  PageRequest,
  User,
  UserPage,
  UserRequest,
  UserWithPicture,
} from '#shared/contracts/users.ts';
import { hashPassword } from './passwords.ts';
import type { Pictures } from './pictures.ts';
import { EmailTakenError, UserNotFoundError } from './users-errors.ts';

/** A user as it is kept. */
export interface StoredUser extends User {
  passwordHash: string;
}

/** Where users are kept. */
export interface UsersStore {
  /** Keeps a new user; false where another has the e-mail address. */
  insert(user: StoredUser): boolean;
  find(id: string): User | undefined;
  /** Oldest first. */
  list(range: { limit: number; offset: number }): User[];
  count(): number;
}

/** What {@link createUsers} takes from the outside. */
export interface UsersOptions {
  pictures: Pictures;
  /** @default scrypt with a random salt */
  hash?: (password: string) => Promise<string>;
  /** @default the wall clock */
  now?: () => Date;
  /** @default a random UUID */
  newId?: () => string;
}

/** The users, as others may ask for them. */
export interface Users {
  /** @throws {EmailTakenError} */
  create(user: NewUser): Promise<User>;
  /** @throws {UserNotFoundError} */
  get(request: UserRequest): Promise<UserWithPicture>;
  list(request: PageRequest): UserPage;
}

/** The users in this store. */
export function createUsers(store: UsersStore, options: UsersOptions): Users {
  const { pictures, hash = hashPassword, now = () => new Date(), newId = randomUUID } = options;
  return {
    async create({ name, email, password }) {
      const passwordHash = await hash(password);
      const user: User = { id: newId(), name, email, createdAt: now().toISOString() };
      if (!store.insert({ ...user, passwordHash })) throw new EmailTakenError();
      return user;
    },

    async get({ id, picture = false }) {
      const user = store.find(id);
      if (user === undefined) throw new UserNotFoundError();
      return picture ? { ...user, picture: await pictures.find(id) } : user;
    },

    list({ page = 1, pageSize = 20 }) {
      const items = store.list({ limit: pageSize, offset: (page - 1) * pageSize });
      return { items, page, pageSize, total: store.count() };
    },
  };
}
