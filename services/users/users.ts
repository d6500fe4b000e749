/** What the users service does, without the mesh and without a database. */
import { randomUUID } from 'node:crypto';
import type {
  Credentials,
  NewUser,
  PageRequest,
  User,
  UserPage,
  UserRequest,
  UserUpdate,
  UserWithPicture,
} from '#shared/contracts/users.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { Pictures } from './pictures.ts';
import { EmailTakenError, UserNotFoundError, WrongCredentialsError } from './users-errors.ts';

/** A user as it is kept. */
export interface StoredUser extends User {
  passwordHash: string;
}

/** What can be changed of a user; what is left out stays. */
export type UserChanges = Partial<Pick<StoredUser, 'name' | 'email' | 'passwordHash'>>;

/** Where users are kept. */
export interface UsersStore {
  /** Keeps a new user; false where another has the e-mail address. */
  insert(user: StoredUser): boolean;
  find(id: string): User | undefined;
  findByEmail(email: string): StoredUser | undefined;
  /** Some of them, oldest first, and how many there are in all. */
  page(range: { limit: number; offset: number }): { items: User[]; total: number };
  /** Answers the user as it is then. */
  update(id: string, changes: UserChanges): User | 'not-found' | 'email-taken';
  /** False where there is none. */
  remove(id: string): boolean;
}

/** What {@link createUsers} takes from the outside. */
export interface UsersOptions {
  pictures: Pictures;
  /** @default scrypt with a random salt */
  hash?: (password: string) => Promise<string>;
  /** Whether a password is that of the hash; false, after the same time, where there is no hash. @default scrypt */
  verify?: (password: string, hash: string | undefined) => Promise<boolean>;
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
  /** @throws {UserNotFoundError | EmailTakenError} */
  update(update: UserUpdate): Promise<User>;
  /** @throws {UserNotFoundError} */
  remove(request: { id: string }): { id: string };
  /** Answers whose credentials these are. @throws {WrongCredentialsError} without a word on which of them is wrong */
  auth(credentials: Credentials): Promise<User>;
}

/** The users in this store. */
export function createUsers(store: UsersStore, options: UsersOptions): Users {
  const { pictures, hash = hashPassword, verify = verifyPassword } = options;
  const { now = () => new Date(), newId = randomUUID } = options;
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
      return { ...store.page({ limit: pageSize, offset: (page - 1) * pageSize }), page, pageSize };
    },

    async update({ id, password, ...changes }) {
      const passwordHash = password === undefined ? {} : { passwordHash: await hash(password) };
      const user = store.update(id, { ...changes, ...passwordHash });
      if (user === 'not-found') throw new UserNotFoundError();
      if (user === 'email-taken') throw new EmailTakenError();
      return user;
    },

    remove({ id }) {
      if (!store.remove(id)) throw new UserNotFoundError();
      return { id };
    },

    async auth({ email, password }) {
      const { passwordHash, ...user } = store.findByEmail(email) ?? {};
      const isRight = await verify(password, passwordHash);
      if (!isRight) throw new WrongCredentialsError();
      return user as User;
    },
  };
}
