/** A rule of theirs that our own stacks break, and why they may. */
export interface OnlyTheirs {
  readonly tool: "checkov" | "kube-score";
  readonly rules: readonly string[];
  readonly asks: string;
  readonly answer: string;
}

/** Whatever they find in the production stacks (ECS, Kubernetes), where our policies find nothing. */
export const ONLY_THEIRS: readonly OnlyTheirs[] = [
  {
    tool: "checkov",
    rules: ["CKV_K8S_23", "CKV_K8S_40"],
    asks: "no root; a user id of 10,000 or more",
    answer:
      "Root: ours accepts it with a reason and prints that at each preview (Promtail, node-exporter). The user id: the vendors' images have their own; out of scope.",
  },
  {
    tool: "kube-score",
    rules: ["container-security-context-user-group-id"],
    asks: "user and group ids above 10,000",
    answer: "As CKV_K8S_40.",
  },
  {
    tool: "kube-score",
    rules: ["deployment-replicas"],
    asks: "at least two replicas",
    answer: "The exporters: one with a reason (`single-replica-reason`), which ours accepts and prints.",
  },
  {
    tool: "kube-score",
    rules: ["deployment-has-host-podantiaffinity", "statefulset-has-host-podantiaffinity"],
    asks: "anti-affinity by host",
    answer: "Ours takes `topologySpreadConstraints` for it too, by host or by zone.",
  },
  {
    tool: "kube-score",
    rules: ["pod-probes-identical"],
    asks: "liveness asks something else than readiness",
    answer: "Ours takes the same question if liveness is slower: it restarts only what stays unready.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_290", "CKV_AWS_355"],
    asks: "no permission on every resource (`*`)",
    answer:
      "The hosts' Session Manager channel (`./platform open`): AWS defines no resource for its `ssm:` and `ssmmessages:` actions. Whether a permission could be narrower is out of scope.",
  },
  {
    tool: "checkov",
    rules: ["CKV_K8S_15"],
    asks: "imagePullPolicy Always",
    answer: "With tags that never move it adds nothing but a registry that every restart depends on.",
  },
  {
    tool: "kube-score",
    rules: ["container-image-pull-policy"],
    asks: "imagePullPolicy Always",
    answer: "As CKV_K8S_15.",
  },
  {
    tool: "checkov",
    rules: ["CKV_K8S_43"],
    asks: "images by digest",
    answer: "Ours takes a digest or a version; that a version does not move is asked of the registry (immutable tags).",
  },
  {
    tool: "checkov",
    rules: ["CKV_K8S_35"],
    asks: "secrets as files, not as variables",
    answer: "Ours asks that no secret stands in the program; several products read theirs from a variable only.",
  },
  {
    tool: "checkov",
    rules: ["CKV_K8S_38"],
    asks: "no service account token",
    answer:
      "Prometheus, Promtail and kube-state-metrics ask the API; the others have none. Who needs it a policy cannot know.",
  },
  {
    tool: "kube-score",
    rules: [
      "container-resource-requests-equal-limits",
      "container-cpu-requests-equal-limits",
      "container-memory-requests-equal-limits",
    ],
    asks: "requests equal to limits (optional there)",
    answer: "A choice between cost and guaranteed quality of service; ours asks that a request is not above its limit.",
  },
  {
    tool: "kube-score",
    rules: ["container-ephemeral-storage-request-and-limit"],
    asks: "limits of ephemeral storage",
    answer: "Ours asks for a read-only root instead, which leaves volumes to fill; their size is out of scope.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_158", "CKV_AWS_189", "CKV_AWS_191", "CKV_AWS_354", "CKV_AWS_145", "CKV_AWS_136", "CKV_AWS_26"],
    asks: "encryption with a key of one's own (KMS)",
    answer:
      "Ours asks that databases, caches and volumes are encrypted, not with whose key: a matter of compliance. An SNS topic with AWS's own key could not be told by CloudWatch.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_51"],
    asks: "immutable tags (IMMUTABLE)",
    answer:
      "Ours too, but for tags that say what a stack runs (`live-*`). It takes no exclusion, so it finds our repositories before and after they are made mutable.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_31"],
    asks: "an authentication token of ElastiCache",
    answer:
      "False alarm: it does not know the write-only argument (`authTokenWo`) that keeps the token out of the state.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_260"],
    asks: "nothing on port 80 from 0.0.0.0/0",
    answer:
      "The gateway redirects from there to 443, which ours takes. Two of the three rules that it names come from a security group, not from the internet.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_378"],
    asks: "HTTPS between load balancer and target",
    answer: "TLS ends at the load balancer; inside the network it is out of scope.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_338"],
    asks: "a year of logs",
    answer: "A parameter of ours: `minimumDays`.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_18", "CKV_AWS_21", "CKV_AWS_144"],
    asks: "buckets with access logs, versions and a copy in another region",
    answer: "What is in them is rendered anew or kept for weeks only: out of scope.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_118", "CKV_AWS_161"],
    asks: "RDS with enhanced monitoring and IAM authentication",
    answer: "How it is watched and who logs in how are choices: out of scope.",
  },
  {
    tool: "checkov",
    rules: ["CKV_AWS_23"],
    asks: "a description of every security group rule",
    answer: "Says nothing about what happens in production: out of scope.",
  },
];
