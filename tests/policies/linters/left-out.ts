/** Rules of theirs that the pack has no counterpart for, and why. */
export interface LeftOut {
  readonly about: string;
  readonly why: string;
  readonly kubeScore?: readonly string[];
  readonly kubeLinter?: readonly string[];
  readonly polaris?: readonly string[];
  readonly checkov?: readonly string[];
}

/** Every rule of kube-score, kube-linter and Polaris, and of checkov for Kubernetes, that no policy names. */
export const LEFT_OUT: readonly LeftOut[] = [
  {
    about: "who may do what in the cluster (RBAC, service accounts, tokens)",
    why: "A way in, not a way for a release to break production; whether a right is needed is not seen in the objects.",
    kubeLinter: [
      "access-to-create-pods",
      "access-to-secrets",
      "cluster-admin-role-binding",
      "default-service-account",
      "wildcard-in-rules",
    ],
    polaris: [
      "automountServiceAccountToken",
      "clusterrolePodExecAttach",
      "clusterrolebindingClusterAdmin",
      "clusterrolebindingPodExecAttach",
      "rolePodExecAttach",
      "rolebindingClusterAdminClusterRole",
      "rolebindingClusterAdminRole",
      "rolebindingClusterRolePodExecAttach",
      "rolebindingRolePodExecAttach",
    ],
    checkov: [
      ...["CKV_K8S_41", "CKV_K8S_42", "CKV_K8S_49", "CKV_K8S_155", "CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158"],
      ...["CKV2_K8S_1", "CKV2_K8S_2", "CKV2_K8S_3", "CKV2_K8S_4", "CKV2_K8S_5"],
    ],
  },
  {
    about: "network policies",
    why: "Our own program makes one for each workload; a cluster whose network plugin enforces none passes such a rule too.",
    kubeScore: ["pod-networkpolicy", "networkpolicy-targets-pod"],
    kubeLinter: ["non-isolated-pod", "dangling-networkpolicy", "dangling-networkpolicypeer-podselector"],
    polaris: ["missingNetworkPolicy"],
    checkov: ["CKV2_K8S_6"],
  },
  {
    about: "what one object says of another (selectors, names, ports of services)",
    why: "An update with Pulumi waits until a Service has endpoints and a Deployment is ready, so it fails by itself.",
    kubeScore: [
      "ingress-targets-service",
      "service-targets-pod",
      "statefulset-has-servicename",
      "deployment-pod-selector-labels-match-template-metadata-labels",
      "statefulset-pod-selector-labels-match-template-metadata-labels",
      "horizontalpodautoscaler-has-target",
      "deployment-targeted-by-hpa-does-not-have-replicas-configured",
      "container-ports-check",
    ],
    kubeLinter: [
      "dangling-horizontalpodautoscaler",
      "dangling-ingress",
      "dangling-service",
      "dangling-servicemonitor",
      "invalid-target-ports",
      "mismatching-selector",
      "non-existent-service-account",
    ],
  },
  {
    about: "that there is a disruption budget",
    why: "Ours asks that a budget lets a drain go on; without one a drain goes on too.",
    kubeScore: [
      "deployment-has-poddisruptionbudget",
      "statefulset-has-poddisruptionbudget",
      "poddisruptionbudget-has-policy",
    ],
    kubeLinter: ["pdb-unhealthy-pod-eviction-policy"],
    polaris: ["missingPodDisruptionBudget", "hpaMaxAvailability"],
  },
  {
    about: "seccomp, sysctls, /proc, the host's files and ports",
    why: "The restricted pod security standard, which a namespace enforces; our namespaces state it.",
    kubeScore: ["container-seccomp-profile"],
    kubeLinter: [
      "privileged-ports",
      "scc-deny-privileged-container",
      "sensitive-host-mounts",
      "ssh-port",
      "unsafe-proc-mount",
      "unsafe-sysctls",
      "writable-host-mount",
    ],
    polaris: ["hostPathSet", "hostPortSet", "hostProcess", "linuxHardening", "procMount"],
    checkov: ["CKV_K8S_26", "CKV_K8S_29", "CKV_K8S_30", "CKV_K8S_31"],
  },
  {
    about: "capabilities by name",
    why: "Ours asks that all are dropped and none is added, which covers them.",
    checkov: ["CKV_K8S_39"],
  },
  {
    about: "PodSecurityPolicy, which Kubernetes no longer has",
    why: "Removed in 1.25.",
    checkov: [
      ...["CKV_K8S_1", "CKV_K8S_2", "CKV_K8S_3", "CKV_K8S_4", "CKV_K8S_5", "CKV_K8S_6"],
      ...["CKV_K8S_7", "CKV_K8S_24", "CKV_K8S_32", "CKV_K8S_36"],
    ],
  },
  {
    about: "the control plane's and the kubelet's own flags (CIS benchmark)",
    why: "How a cluster is set up, not what a program deploys to it. CKV_K8S_68 to 149 are of this kind too.",
    checkov: ["CKV_K8S_151"],
  },
  {
    about: "single products (dashboard, Tiller, ingress-nginx snippets, git-sync)",
    why: "A policy for each product that once had a hole has no end.",
    checkov: [
      ...["CKV_K8S_33", "CKV_K8S_34", "CKV_K8S_44", "CKV_K8S_45"],
      ...["CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154", "CKV_K8S_159"],
    ],
  },
  {
    about: "jobs",
    why: "Probes and rollback do not apply to them; when one is to give up is not known.",
    kubeScore: ["cronjob-has-deadline", "cronjob-restartpolicy"],
    kubeLinter: ["job-ttl-seconds-after-finished", "restart-policy"],
  },
  {
    about: "what the API server refuses or ignores by itself",
    why: "Found when it is deployed; our objects are sent to a real API server in the tests.",
    kubeScore: ["stable-version", "environment-variable-key-duplication"],
    kubeLinter: [
      "deprecated-service-account-field",
      "duplicate-env-var",
      "env-value-from",
      "no-extensions-v1beta",
      "schema-validation",
    ],
  },
  {
    about: "choices and style (namespaces, priority, DNS options, node affinity, order, e-mail annotations)",
    why: "Nothing breaks without.",
    kubeScore: ["container-ephemeral-storage-request-equals-limit"],
    kubeLinter: [
      "dnsconfig-options",
      "no-node-affinity",
      "priority-class-name",
      "required-annotation-email",
      "sorted-keys",
      "use-namespace",
    ],
    polaris: ["priorityClassNotSet"],
    checkov: ["CKV_K8S_21"],
  },
  {
    about: "secrets in variables that come from a Secret; TLS of an ingress; pull policy",
    why: "See the table of what only they find; where TLS ends is not known.",
    kubeLinter: ["read-secret-from-env-var"],
    polaris: ["pullPolicyNotAlways", "tlsSettingsMissing"],
  },
];
