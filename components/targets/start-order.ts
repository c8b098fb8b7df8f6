import type * as pulumi from "@pulumi/pulumi";

/** Ties members in the order of `startsAfter`, in whichever order they are made. */
export class StartOrder {
  readonly #made = new Map<string, PromiseWithResolvers<pulumi.Resource>>();

  /** `member` is that resource. */
  announce(member: string, resource: pulumi.Resource): void {
    this.#entry(member).resolve(resource);
  }

  /** The resources of these members, as soon as the program has made them. */
  after(members: readonly string[]): Promise<pulumi.Resource[]> {
    return Promise.all(members.map((member) => this.#entry(member).promise));
  }

  #entry(member: string): PromiseWithResolvers<pulumi.Resource> {
    const known = this.#made.get(member);
    if (known !== undefined) return known;
    const entry = Promise.withResolvers<pulumi.Resource>();
    this.#made.set(member, entry);
    return entry;
  }
}
