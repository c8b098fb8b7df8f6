/** Why nobody answers at an address, and the way out. */
export function connectionProblem(error: unknown, server: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const said = error instanceof Error ? error.message : String(error);
  if (/^ERR_TLS|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
    return `the certificate of ${server} is not trusted (${said}): the kubeconfig's certificate-authority must be the one that signed it`;
  }
  return `no Kubernetes API server answers at ${server} (${code || said}): is the cluster up, and is it the right context (kubectl config get-contexts)?`;
}
