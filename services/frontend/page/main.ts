import { type Backtest, backtestFrom, backtestPause, backtestRow } from "./backtests.ts";
import { ApiError, ask, idempotency } from "./client.ts";
import { type Order, orderFrom, orderPause, orderRow, said } from "./orders.ts";
import { askHealth, statusText } from "./status.ts";
import { element, fieldsOf, onSubmit, repeat, showRows } from "./view.ts";

/** Who is logged in, in this tab and until it is closed. */
interface Session {
  readonly token: string;
  readonly user: { readonly name: string };
}

const sessionKey = "session";
const session = (): Session | undefined => JSON.parse(sessionStorage.getItem(sessionKey) ?? "null") ?? undefined;
const asUser = <Answer>(method: string, path: string, more: { body?: unknown; idempotencyKey?: string } = {}) =>
  ask<Answer>(method, path, { ...more, token: session()?.token });

const error = element("error", HTMLElement);
const status = element("status", HTMLElement);
const loginForm = element("login-form", HTMLFormElement);
const orderForm = element("order-form", HTMLFormElement);
const backtestForm = element("backtest-form", HTMLFormElement);

/** Does something, and shows what went wrong with the id under which the log has it. */
async function told(action: () => Promise<void>): Promise<void> {
  try {
    await action();
    error.hidden = true;
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    if (thrown.status === 401) logOut();
    error.textContent = `${thrown.message} (correlation id ${thrown.correlationId})`;
    error.hidden = false;
  }
}

const orders = repeat(async () => {
  let pause = 3_000;
  await watched(async () => {
    const { orders: found } = await asUser<{ orders: readonly Order[] }>("GET", "/orders?limit=20");
    showRows(
      element("orders", HTMLElement),
      found.map((order) => orderRow(order, cancel)),
    );
    pause = orderPause(found);
  });
  return pause;
});

const backtests = repeat(async () => {
  let pause = 5_000;
  await watched(async () => {
    const { backtests: found } = await asUser<{ backtests: readonly Backtest[] }>("GET", "/backtests?limit=10");
    showRows(element("backtests", HTMLElement), found.map(backtestRow));
    pause = backtestPause(found);
  });
  return pause;
});

/** Of what asks by itself only the failure is told: its success does not wipe away what the user did wrong. */
async function watched(look: () => Promise<void>): Promise<void> {
  try {
    await look();
  } catch (thrown) {
    await told(() => Promise.reject(thrown));
  }
}

const health = repeat(async () => {
  const found = await askHealth();
  const text = statusText(found);
  // A screen reader tells each change, and not each look.
  if (status.textContent !== text) status.textContent = text;
  status.dataset.state = found?.status ?? "unhealthy";
  return 5_000;
});

function show(): void {
  const current = session();
  element("login", HTMLElement).hidden = current !== undefined;
  element("desk", HTMLElement).hidden = current === undefined;
  element("user", HTMLElement).hidden = current === undefined;
  element("name", HTMLElement).textContent = current?.user.name ?? "";
  for (const watch of [orders, backtests]) current === undefined ? watch.stop() : watch.now();
  (current === undefined ? loginForm : orderForm).querySelector("input")?.focus();
}

function logOut(): void {
  sessionStorage.removeItem(sessionKey);
  for (const id of ["orders", "backtests"]) showRows(element(id, HTMLElement), []);
  show();
}

const cancel = (order: Order): Promise<void> =>
  told(async () => {
    await asUser("DELETE", `/orders/${order.id}`);
    element("order-said", HTMLElement).textContent = `Cancelled: ${said(order)}`;
  }).finally(orders.now);

onSubmit(loginForm, () =>
  told(async () => {
    const answer = await ask<Session>("POST", "/auth/login", { body: fieldsOf(loginForm) });
    sessionStorage.setItem(sessionKey, JSON.stringify(answer));
    loginForm.reset();
    show();
  }),
);

const once = idempotency();
onSubmit(orderForm, () =>
  told(async () => {
    const body = orderFrom(fieldsOf(orderForm));
    const placed = await once(body, (idempotencyKey) => asUser<Order>("POST", "/orders", { body, idempotencyKey }));
    element("order-said", HTMLElement).textContent = `Placed: ${said(placed)}`;
  }).finally(orders.now),
);

onSubmit(backtestForm, () =>
  told(async () => {
    const queued = await asUser<Backtest>("POST", "/backtests", { body: backtestFrom(fieldsOf(backtestForm)) });
    element("backtest-said", HTMLElement).textContent = `Queued: ${queued.symbol}`;
  }).finally(backtests.now),
);

element("logout", HTMLElement).addEventListener("click", logOut);
health.now();
show();
