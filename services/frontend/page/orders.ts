import { type Row, time } from "./rows.ts";

/** As the API writes it: services/backend/http/routes/orders.ts. */
export interface Order {
  readonly id: string;
  readonly state: "accepted" | "executing" | "executed" | "failed" | "cancelled";
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly limit_price?: string;
  readonly executed_price?: string;
  readonly reason?: string;
  readonly created_at: string;
}

/** What the API takes, of what a form says. */
export const orderFrom = ({ quantity, ...fields }: Readonly<Record<string, string>>) => ({
  ...fields,
  quantity: Number(quantity),
});

export const said = ({ side, quantity, symbol }: Order): string => `${side} ${quantity} ${symbol}`;

export const orderRow = (order: Order, cancel: (order: Order) => void): Row => ({
  id: `order-${order.id}`,
  cells: [
    { text: time(order.created_at) },
    { text: said(order) },
    { text: order.limit_price ?? "market" },
    { text: order.state, state: order.state },
    { text: order.executed_price ?? order.reason ?? "" },
    order.state === "accepted"
      ? { text: "", button: { text: "Cancel", label: `Cancel: ${said(order)}`, press: () => cancel(order) } }
      : { text: "" },
  ],
});

/** Milliseconds until the next look: soon while something moves. */
export const orderPause = (orders: readonly Order[]): number =>
  orders.some(({ state }) => state === "accepted" || state === "executing") ? 500 : 3_000;
