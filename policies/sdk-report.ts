import type { ReportViolation } from "@pulumi/policy";

interface Diagnostic {
  readonly message: string;
  /** Of the resource that it is about; absent: of the one that is judged, or the stack. */
  readonly urn?: string;
  /** Where it is less than the policy's own level. */
  readonly enforcementLevel?: "advisory";
}

/**
 * The SDK (1.21, server.js, makeReportViolationFun) also takes a whole diagnostic instead of a message, with a level
 * of its own: so a warning stands beside the violations of a mandatory policy, and the description is not repeated in
 * front of each line. Its declaration names only the message, which a method's parameter may widen.
 */
interface DiagnosticSink {
  report(diagnostic: string | Diagnostic): void;
}

export function send(report: ReportViolation, diagnostic: Diagnostic): void {
  const sink: DiagnosticSink = { report };
  sink.report(diagnostic);
}
