/** The subnets of one availability zone. */
export interface ZoneSubnets {
  /** As `eu-central-1a`. */
  readonly zone: string;
  /** Load balancer and NAT. */
  readonly public: string;
  /** Hosts and tasks; reach the internet through NAT. */
  readonly private: string;
  /** Database and cache; reach nothing. */
  readonly data: string;
}

/** Splits a /16 `10.x.0.0`: /20 blocks 0 to 3 are private, 4 to 7 public, 8 to 11 data; the last quarter stays free. */
export function subnetPlan(region: string, { cidr, zones }: { cidr: string; zones: readonly string[] }): ZoneSubnets[] {
  const start = cidr.split(".").slice(0, 2).join(".");
  const block = (index: number) => `${start}.${index * 16}.0/20`;
  return zones.map((letter, index) => ({
    zone: `${region}${letter}`,
    public: block(4 + index),
    private: block(index),
    data: block(8 + index),
  }));
}
