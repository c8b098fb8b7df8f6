import { createHash } from "node:crypto";

/** What a customer asks for. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  /** Decimal text, at most four places; a market order has none. */
  readonly limitPrice?: string | undefined;
}

export const sides = ["buy", "sell"] as const;
export type Side = (typeof sides)[number];

/** Where an order stands. From `executed`, `failed` and `cancelled` nothing leads on. */
export const orderStates = ["accepted", "executing", "executed", "failed", "cancelled"] as const;
export type OrderState = (typeof orderStates)[number];

export interface Order extends OrderRequest {
  readonly id: string;
  readonly userId: string;
  readonly state: OrderState;
  /** Of a failed one. */
  readonly reason?: string;
  /** Of an executed one. */
  readonly executedPrice?: string;
  readonly exchangeReference?: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `executing` again: a worker died and another one takes over. */
const next: Readonly<Record<OrderState, readonly OrderState[]>> = {
  accepted: ["executing", "cancelled"],
  executing: ["executing", "executed", "failed"],
  executed: [],
  failed: [],
  cancelled: [],
};

/** From which states an order may come to this one: what every UPDATE asks for. */
export const statesBefore = (state: OrderState): readonly OrderState[] =>
  orderStates.filter((before) => next[before].includes(state));

/** Equal for requests that ask for the same: the same idempotency key with another one is a mistake of the client. */
export function fingerprintOf({ symbol, side, quantity, limitPrice }: OrderRequest): string {
  const price = limitPrice === undefined ? "market" : inTenThousandths(limitPrice).toString();
  return createHash("sha256").update([symbol, side, quantity, price].join("|")).digest("hex");
}

/** Prices are counted in whole ten-thousandths: floating point cannot hold a tenth. */
export function inTenThousandths(price: string): bigint {
  const [whole = "", fraction = ""] = price.split(".");
  return BigInt(whole + fraction.padEnd(4, "0").slice(0, 4));
}

export function priceText(tenThousandths: bigint): string {
  const digits = tenThousandths.toString().padStart(5, "0");
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
