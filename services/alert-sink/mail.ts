import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { Mail, Mood } from "./received.ts";

export interface MailPlan {
  /** 0 for a free one. */
  readonly port: number;
  readonly host: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly user: string;
  readonly password: string;
  /** How it behaves now. */
  mood(): Mood;
  /** Called for every mail, and with the SMTP status for every one that was not taken. */
  came(status: number, mail?: Mail): void;
}

export interface MailServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** A mail server as providers run it on port 587: STARTTLS first, then user and password, then mail. */
export async function startMail(plan: MailPlan): Promise<MailServer> {
  const server = new SMTPServer({
    key: plan.privateKey,
    cert: plan.certificate,
    authMethods: ["PLAIN", "LOGIN"],
    logger: false,
    // Of a client that says nothing, and of one that is never greeted. Servers wait minutes; here nobody has them.
    socketTimeout: 10_000,
    onConnect: (_, done) => {
      const mood = plan.mood();
      // One that hangs never greets.
      if (mood.kind === "hangs") return;
      if (mood.kind === "well") return done();
      plan.came(421);
      done(new Error("Service not available"));
    },
    onAuth: ({ username, password }, _, done) => {
      if (username === plan.user && password === plan.password) return done(undefined, { user: plan.user });
      plan.came(535);
      done(new Error("Authentication credentials invalid"));
    },
    onData: (stream, session, done) => {
      simpleParser(stream).then(
        ({ subject, text, html, from, inReplyTo }) => {
          plan.came(250, {
            from: from?.text ?? "",
            to: session.envelope.rcptTo.flatMap(({ address }) => address ?? []),
            subject: subject ?? "",
            text: text ?? "",
            html: html || "",
            ...(inReplyTo === undefined ? {} : { inReplyTo }),
          });
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  // A client that breaks off is its own business.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(plan.port, plan.host, resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  return { port: address.port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
