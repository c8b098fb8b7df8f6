/** What a property's last name looks like where it is about safety: each such setting is guarded, or listed below. */
export const SAFETY =
  /(?:probe|health|circuit|retention|encrypt|backup|snapshot|protect|privileg|readonly|runas|seccomp|capabilit|limits|requests|memory|cpus?$|replicas|restart|public|sslpolicy|grace|strategy|unavailable|multiaz|failover|destroy|automount|percent)[a-z]*$/i;

/** Settings that no policy guards, and why. */
export const UNGUARDED: readonly (readonly [type: RegExp, path: RegExp, reason: string])[] = [
  [/^kubernetes:/, /startupProbe/, "asked for only where a start is slow; its thresholds are judged with liveness"],
  [
    /^kubernetes:/,
    /(readinessProbe|livenessProbe|startupProbe)\.exec$/,
    "without it the probe asks nothing, which is found",
  ],
  [/^kubernetes:/, /automountServiceAccountToken$/, "needs to know who calls the API; kube-score and checkov ask it"],
  [/^kubernetes:/, /limits\.cpu$|requests$|requests\.cpu$/, "a CPU limit is a choice; requests default to the limits"],
  [/^kubernetes:/, /resources\.limits$|capabilities$/, "its entries are guarded"],
  [/^kubernetes:/, /volumeMounts\[\]\.readOnly$/, "what a volume is for is not known to a policy"],
  [/^kubernetes:/, /runAsGroup$|runAsNonRoot$|seccompProfile$/, "beside runAsUser a second lock; not asked for"],
  [
    /^kubernetes:/,
    /terminationGracePeriodSeconds$/,
    "the default of 30 s fits most; how long a drain takes is not known",
  ],
  [
    /^kubernetes:/,
    /(spec\.strategy|updateStrategy)$|rollingUpdate\.maxUnavailable$/,
    "the defaults roll; taking all down is found by its type",
  ],
  [/^kubernetes:/, /persistentVolumeClaimRetentionPolicy$|volumeClaimTemplates.*requests$/, "the default retains"],
  [
    /^kubernetes:apps\/v1:(StatefulSet|DaemonSet)$/,
    /spec\.replicas$/,
    "one writer; several of them are no policy's to ask",
  ],
  [/^kubernetes:apps\/v1:Deployment$/, /spec\.replicas$/, "its absence is 1, which is found where no reason is stated"],
  [/^kubernetes:/, /spec\.(max|min)Replicas$/, "the minimum is guarded; the maximum is a matter of cost"],
  [/^kubernetes:policy\//, /unhealthyPodEvictionPolicy$/, "what blocks a drain is guarded; this eases one"],
  [/^aws:autoscaling\//, /./, "hosts are replaced by the stack's own procedure; ECS drains them"],
  [
    /^aws:ebs\/volume:/,
    /finalSnapshot$/,
    "encryption is asked for; a snapshot at the end is protection from one's own delete",
  ],
  [/^aws:ec2\//, /./, "a host's disk holds nothing that is not elsewhere"],
  [/^aws:ecs\/capacityProvider:/, /./, "as the group of hosts"],
  [
    /^aws:ecs\/service:/,
    /deployment(Maximum|MinimumHealthy)Percent$|schedulingStrategy$/,
    "judged together: require-rollback finds values that cannot move",
  ],
  [
    /^aws:ecs\/service:/,
    /GracePeriodSeconds$|assignPublicIp$/,
    "judged with the target group; no public address is the default",
  ],
  [
    /^aws:ecs\/taskDefinition:/,
    /\.cpu$|memoryReservation$|ulimits|mountPoints\[\]\.readOnly$/,
    "shares, not limits; what a volume is for is not known",
  ],
  [
    /^aws:ecs\/taskDefinition:/,
    /capabilities$|skipDestroy$/,
    "Docker's default set; old revisions serve the rollback either way",
  ],
  [/^aws:elasticache\//, /multiAzEnabled$|automaticFailoverEnabled$/, "a cache can be lost: it is filled again"],
  [/^aws:lb\//, /sslPolicy$|healthCheck\.\w+$/, "the defaults are in force; depth is judged together"],
  [
    /^aws:rds\//,
    /multiAz$|publiclyAccessible$|[sS]napshot|performanceInsights/,
    "the defaults are private and with a final snapshot; two zones are a matter of cost",
  ],
  [/^aws:s3\//, /./, "S3 encrypts and blocks public access by default since 2023"],
  [/^aws:servicediscovery\//, /./, "names, no data"],
  [
    /^docker:index\/container:/,
    /cpus$|memoryReservation$|memorySwap$|destroyGraceSeconds$|volumes\[\]\.readOnly$/,
    "the memory limit is guarded",
  ],
];
