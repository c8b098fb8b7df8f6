import https from "node:https";

/** Where an API server is, and the credentials of one who may do everything. */
export interface Access {
  readonly port: number;
  readonly token: string;
  /** Its own certificate, the only one that is trusted. */
  readonly certificate: string;
}

interface Request {
  readonly method: "GET" | "PATCH" | "POST" | "DELETE";
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  /** What the server warns of: a deprecated field, a Pod that a stricter profile would refuse. */
  readonly warnings: readonly string[];
  readonly body: unknown;
}

/** Asks the API server; an answer with an error status is an answer. */
export function request({ port, token, certificate }: Access, { method, path, contentType, body }: Request) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = https.request(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        ca: certificate,
        // One of the names in the certificate that the server makes for itself.
        servername: "kubernetes.default.svc",
        timeout: 30_000,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          ...(contentType === undefined ? {} : { "content-type": contentType }),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const warnings = [answer.headers.warning ?? []].flat();
          resolve({ status: answer.statusCode ?? 0, warnings, body: parsed(text) });
        });
      },
    );
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error(`${method} ${path}: no answer in 30 s`)));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
