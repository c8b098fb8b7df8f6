/** Who a container's process is. Root only with a reason, which the targets write as a label and the policy prints. */
export type User =
  | { readonly kind: "non-root"; readonly uid: number; readonly gid: number }
  | { readonly kind: "root"; readonly reason: string };

/** The label or annotation under which every target writes the reason of a root user. */
export const rootReasonLabel = "trading-platform/root-reason";
