import { setTimeout as delay } from "node:timers/promises";
import { type DatabaseLogin, loginRole } from "../../../components/application/database-login.ts";
import type { DatabaseSettings } from "../../../components/application/settings.ts";
import type { SecretName } from "../../../components/workload/index.ts";
import { UserError } from "../../console/error.ts";
import { makePassword } from "../../engine/developer/secrets.ts";
import type { Administrator } from "./administrator.ts";
import { planOf } from "./plan.ts";
import { scramVerifier } from "./scram.ts";
import { prepareStatements, readState, settleStatements, stateQuery, strangersQuery } from "./statements.ts";

/** What a rotation works on: the real thing of a stack, or a test's. */
export interface RotationGround {
  readonly database: Pick<DatabaseSettings, "user" | "name" | "management" | "login">;
  readonly administrator: Pick<Administrator, "run">;
  /** The kept value of a secret. */
  kept(secret: SecretName): Promise<string>;
  /** Keeps a new value, where the settings say. */
  keep(secret: SecretName, value: string): Promise<void>;
  /** Writes `database.login` into the stack's settings. */
  chooseLogin(login: DatabaseLogin): Promise<void>;
  /** Moves the consumers to the login that the settings name; throws where they could not be moved. */
  deploy(): Promise<void>;
  /** Milliseconds that connections by the old login get to end by themselves. */
  readonly patience: number;
  say(line: string): void;
}

/**
 * Gives the application's database password to another role with another password: made ready, written down, consumers
 * moved one by one, and only when all are, the old login ends. Interrupted at any point, the next call goes on.
 */
export async function rotate(ground: RotationGround): Promise<void> {
  const plan = planOf(await stateOf(ground), ground.database.login);
  ground.say(plan.why);
  if (plan.kind === "make") {
    await makeReady(ground, plan.to, await ground.kept(loginRole(ground.database, plan.to).secret));
    return settle(ground, plan.to);
  }
  if (plan.kind === "begin") await begin(ground, plan.to);
  try {
    await ground.deploy();
  } catch (error) {
    if (plan.kind === "begin") await goBack(ground, plan.from, error);
    throw error;
  }
  await settle(ground, plan.to);
}

/** Takes back a rotation that was interrupted: everybody logs in as before, and what was made ready ends. */
export async function takeBackRotation(ground: RotationGround): Promise<void> {
  const { settled = "owner", open } = await stateOf(ground);
  const { login } = ground.database;
  if (settled === login && open.every((each) => each === login)) {
    throw new UserError(`no rotation is under way: the application logs in by login ${login}; nothing was touched`);
  }
  ground.say(`goes back to login ${settled}`);
  if (settled !== login) {
    await ground.chooseLogin(settled);
    await ground.deploy();
  }
  await settle(ground, settled);
}

const stateOf = async ({ administrator, database }: RotationGround) =>
  readState(database, await administrator.run(stateQuery(database)));

async function begin(ground: RotationGround, to: DatabaseLogin): Promise<void> {
  const { secret, role } = loginRole(ground.database, to);
  const password = makePassword();
  // First: a password that the server knows and nobody else could never be used.
  await ground.keep(secret, password);
  await makeReady(ground, to, password);
  await ground.chooseLogin(to);
  ground.say(`role ${role} may log in, its password is kept as ${secret}; moving the consumers …`);
}

/** How often a lock is asked for that somebody holds. */
const attempts = 20;

async function makeReady(ground: RotationGround, login: DatabaseLogin, password: string): Promise<void> {
  const statements = prepareStatements(ground.database, login, scramVerifier(password));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ground.administrator.run(statements);
      return;
    } catch (error) {
      const isBusy = error instanceof Error && error.message.includes("lock timeout");
      if (!isBusy || attempt === attempts) throw error;
      await delay(500);
    }
  }
}

/** Nobody was moved, or not all: those who were go back, and the new login ends. */
async function goBack(ground: RotationGround, from: DatabaseLogin, reason: unknown): Promise<never> {
  const why = reason instanceof Error ? reason.message : String(reason);
  ground.say(`the consumers could not be moved; back to login ${from} …`);
  await ground.chooseLogin(from);
  await ground.deploy();
  await settle(ground, from);
  throw new UserError(`the database password was not rotated, everybody logs in by ${from} as before: ${why}`);
}

/** Ends every other login when nobody uses it any more, or patience does. */
async function settle(ground: RotationGround, login: DatabaseLogin): Promise<void> {
  const { administrator, database } = ground;
  const until = Date.now() + ground.patience;
  while (Number(await administrator.run(strangersQuery(database, login))) > 0 && Date.now() < until) await delay(500);
  await administrator.run(settleStatements(database, login, await newAdministrator(ground, login)));
  const { role } = loginRole(database, login);
  ground.say(`the application logs in by ${role}; every other password of it is refused`);
}

/** A managed database's administrator needs a password: another one than the application had. */
async function newAdministrator(ground: RotationGround, login: DatabaseLogin): Promise<string | undefined> {
  if (ground.database.management === "own" || login === "owner") return undefined;
  const password = makePassword();
  await ground.keep("databasePassword", password);
  return scramVerifier(password);
}
