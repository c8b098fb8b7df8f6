import { z } from "zod";
import { type Order, orderStates, sides } from "../../domain/order.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Server, Trading } from "../services.ts";
import { userOf } from "./auth.ts";
import { idParameter, paging } from "./paging.ts";

const tags = ["orders"];
const config = { access: "trader" } as const;
const price = z.string().regex(/^(?!0+(?:\.0+)?$)\d{1,9}(?:\.\d{1,4})?$/, {
  error: 'must be a price above 0 with at most 4 decimals, in quotes, as "101.25"',
});

export const symbol = z
  .string()
  .regex(/^[A-Z]{1,8}$/, { error: "must be a symbol of 1 to 8 capital letters, as ACME" });

const request = z.strictObject({
  symbol,
  side: z.enum(sides),
  quantity: z.int().min(1).max(1_000_000),
  /** Without it the order is a market order. */
  limit_price: price.exactOptional(),
});

const order = z.object({
  id: z.uuid(),
  state: z.enum(orderStates),
  symbol: z.string(),
  side: z.enum(sides),
  quantity: z.int(),
  limit_price: z.string().exactOptional(),
  executed_price: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

const key = z.object({
  "idempotency-key": z.string().regex(/^[\w.:-]{1,128}$/, {
    error:
      "is needed: up to 128 letters, digits, _ . : or -, another one for each order; sent again, an order is placed once",
  }),
});

export function orderRoutes(app: Server, { orders, log, metrics }: Trading): void {
  app.post(
    "/orders",
    {
      config,
      schema: {
        summary: "Place an order; with the same key it is placed once",
        tags,
        headers: key,
        body: request,
        response: { 200: order, 201: order },
      },
    },
    async ({ body, headers, context }, reply) => {
      const { symbol, side, quantity, limit_price: limitPrice } = body;
      const placed = await orders.place({
        userId: userOf(context).id,
        idempotencyKey: headers["idempotency-key"],
        correlationId: context.correlationId,
        request: { symbol, side, quantity, limitPrice },
      });
      switch (placed.kind) {
        case "key taken":
          throw new Refusal(422, "this Idempotency-Key was sent with another order; take a new one for each order");
        case "repeated":
          return reply.status(200).header("idempotency-replayed", "true").send(written(placed.order));
        case "placed":
          metrics.ordersPlaced.inc();
          log.always.info(
            { event: "order_placed", audit: true, order_id: placed.order.id, symbol, side, quantity },
            "order placed",
          );
          return reply.status(201).send(written(placed.order));
      }
    },
  );
  app.get(
    "/orders",
    {
      config,
      schema: {
        summary: "The newest first",
        tags,
        querystring: paging,
        response: { 200: z.object({ orders: z.array(order) }) },
      },
    },
    async ({ query, context }) => ({ orders: (await orders.list(query, scopeOf(context))).map(written) }),
  );
  app.get(
    "/orders/:id",
    { config, schema: { summary: "One order", tags, params: idParameter, response: { 200: order } } },
    async ({ params: { id }, context }) => {
      const found = await orders.find(id, scopeOf(context));
      if (found === undefined) throw notFound("order");
      return written(found);
    },
  );
  app.delete(
    "/orders/:id",
    {
      config,
      schema: {
        summary: "Cancel an order that is not being executed yet",
        tags,
        params: idParameter,
        response: { 200: order },
      },
    },
    async ({ params: { id }, context }) => {
      const cancelled = await orders.cancel(id, userOf(context).id);
      switch (cancelled.kind) {
        case "none":
          throw notFound("order");
        case "too late":
          throw new Refusal(409, `the order is ${cancelled.state} already`);
        case "cancelled":
          metrics.orders.inc({ state: "cancelled" });
          log.always.info({ event: "order_cancelled", audit: true, order_id: id }, "order cancelled");
          return written(cancelled.order);
      }
    },
  );
}

/** An admin sees everybody's. */
export const scopeOf = (context: Parameters<typeof userOf>[0]): string | undefined => {
  const { id, role } = userOf(context);
  return role === "admin" ? undefined : id;
};

const written = (order: Order) => ({
  id: order.id,
  state: order.state,
  symbol: order.symbol,
  side: order.side,
  quantity: order.quantity,
  ...(order.limitPrice === undefined ? {} : { limit_price: order.limitPrice }),
  ...(order.executedPrice === undefined ? {} : { executed_price: order.executedPrice }),
  ...(order.reason === undefined ? {} : { reason: order.reason }),
  created_at: order.createdAt.toISOString(),
  updated_at: order.updatedAt.toISOString(),
});
