/** A program and its words, as a person would type them. */
export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** What is to be reached from a person's own host, and where it shall be found there. */
export interface TunnelEnds {
  readonly stack: string;
  readonly member: string;
  readonly port: number;
  readonly localPort: number;
}

/** How a target lets a person in who may be let in: by the person's own credentials, nothing stands open for it. */
export interface Tunnel {
  /** Prints what the command needs to know first. */
  readonly lookup?: Command;
  /** Runs as long as the tunnel is open. `found`: what the lookup printed. */
  command(found: string): Command;
}
