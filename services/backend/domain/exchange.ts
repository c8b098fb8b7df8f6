import { createHash } from "node:crypto";
import { inTenThousandths, type OrderRequest, priceText } from "./order.ts";

/** What an exchange answers. Asked again with the same order it answers the same: it knows orders by our id. */
export type Outcome =
  | { readonly kind: "filled"; readonly price: string; readonly reference: string }
  | { readonly kind: "refused"; readonly reason: string };

export interface ExchangeOrder extends OrderRequest {
  readonly id: string;
  /** What reaches the exchange later is refused: the price of then is not the price of now. */
  readonly expiresAt: Date;
}

/** More than anyone offers at once. */
const liquidity = 100_000;

/**
 * The simulated market: a fixed price for each symbol, so that whoever asks twice gets the same answer.
 * @param now by the exchange's clock.
 */
export function outcomeOf(order: ExchangeOrder, now = new Date()): Outcome {
  if (now > order.expiresAt) return { kind: "refused", reason: "it came too late" };
  if (order.quantity > liquidity) return { kind: "refused", reason: "not enough liquidity" };
  const price = marketPrice(order.symbol);
  if (order.limitPrice !== undefined) {
    const limit = inTenThousandths(order.limitPrice);
    if (order.side === "buy" ? limit < price : limit > price) {
      return { kind: "refused", reason: "the limit was not reached" };
    }
  }
  return { kind: "filled", price: priceText(price), reference: `SIM-${digest(order.id).toString("hex", 0, 12)}` };
}

/** From 10 to 510, in ten-thousandths. */
export const marketPrice = (symbol: string): bigint => 100_000n + (BigInt(digest(symbol).readUInt32BE(0)) % 5_000_000n);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
