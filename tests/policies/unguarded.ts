/** What a property's last name looks like where it is about safety: each such setting is guarded, or listed below. */
export const SAFETY =
  /(?:probe|health|circuit|retention|encrypt|backup|snapshot|protect|privileg|readonly|runas|seccomp|capabilit|limits|requests|memory|cpus?$|replicas|restart|public|sslpolicy|grace|strategy|unavailable|multiaz|failover|destroy|automount|percent)[a-z]*$/i;

/**
 * Settings that no policy guards, and why. Where one weakens something together with others, its unit tests have the
 * case and a mutant of it alone would not be wrong.
 */
export const UNGUARDED: readonly (readonly [type: RegExp, path: RegExp, reason: string])[] = [
  [
    /^kubernetes:/,
    /startupProbe$/,
    "without it liveness counts from the start, and is judged by that; how long a start takes is not known",
  ],
  [
    /^kubernetes:/,
    /automountServiceAccountToken$/,
    "who needs the API is not known; checkov's CKV_K8S_38 and Polaris ask it of all",
  ],
  [/^kubernetes:/, /limits\.cpu$/, "a CPU limit slows down what has room; where there is one it is the request too"],
  [
    /^kubernetes:/,
    /containers.*requests$|requests\.cpu$/,
    "a limit without a request is the request too; without either it is found",
  ],
  [/^kubernetes:/, /volumeClaimTemplates.*requests$/, "the size of a disk; the API refuses a claim without"],
  [/^kubernetes:/, /volumeMounts\[\]\.readOnly$/, "what a volume is for is not known"],
  [/^kubernetes:/, /runAsGroup$|runAsNonRoot$/, "a second lock beside runAsUser, which is guarded"],
  [
    /^kubernetes:/,
    /seccompProfile$/,
    "the runtime's default since Kubernetes 1.27 where the kubelet says so; the restricted namespace asks for it",
  ],
  [/^kubernetes:/, /terminationGracePeriodSeconds$/, "without it 30 s; how long a drain takes is not known"],
  [/^kubernetes:/, /(spec\.strategy|updateStrategy)$/, "the defaults roll; what they would be changed to is guarded"],
  [/^kubernetes:/, /persistentVolumeClaimRetentionPolicy$/, "the default retains; Delete is guarded"],
  [
    /^kubernetes:apps\/v1:StatefulSet$/,
    /spec\.replicas$/,
    "one writer; whether its data can have several is not known",
  ],
  [
    /^kubernetes:apps\/v1:Deployment$/,
    /spec\.replicas$/,
    "those that state it here are one with a reason; an autoscaler's number is guarded",
  ],
  [/^kubernetes:autoscaling\//, /spec\.maxReplicas$/, "a matter of cost; the API refuses less than the minimum"],
  [/^kubernetes:policy\//, /unhealthyPodEvictionPolicy$/, "eases a drain; what blocks one is guarded"],
  [
    /^aws:autoscaling\/|^aws:ecs\/capacityProvider:/,
    /./,
    "how hosts are replaced; the tasks on them are ECS's to move, by the services' own settings",
  ],
  [/^aws:ebs\/volume:/, /finalSnapshot$/, "a copy at the end, which only a deletion makes"],
  [/^aws:ec2\/launchTemplate:/, /encrypted$/, "a host's own disk: images and unsent logs; what holds data is guarded"],
  [
    /^aws:ecs\/service:/,
    /deploymentMaximumPercent$|schedulingStrategy$/,
    "wrong only together with the minimum, which is guarded",
  ],
  [
    /^aws:ecs\/service:/,
    /healthCheckGracePeriodSeconds$/,
    "wrong only where the target group is faster than the start",
  ],
  [
    /^aws:ecs\/taskDefinition:/,
    /containerDefinitions\[\]\.cpu$/,
    "a share, not a limit: what it lacks it takes where there is room",
  ],
  [/^aws:ecs\/taskDefinition:/, /mountPoints\[\]\.readOnly$/, "what a volume is for is not known"],
  [/^aws:ecs\/taskDefinition:/, /ulimits$/, "how many files a process opens is not known"],
  [/^aws:ecs\/taskDefinition:/, /skipDestroy$/, "a revision is deregistered only after its service has moved on"],
  [/^aws:ecr\/repository:/, /encryption/, "ECR encrypts every image, with a key of its own where none is stated"],
  [
    /^aws:elasticache\//,
    /multiAzEnabled$|automaticFailoverEnabled$/,
    "a second zone is a matter of cost; the snapshots are guarded",
  ],
  [
    /^aws:lb\/targetGroup:/,
    /healthCheck\.\w+$/,
    "AWS refuses what is out of range; how strict a check is, is judged together with its timeout and path",
  ],
  [/^aws:lb\/listener:/, /sslPolicy$/, "which clients are old is not known; AWS chooses one where none is stated"],
  [/^aws:rds\//, /multiAz$/, "a second zone doubles the price: checkov's CKV_AWS_157 asks it of all"],
  [/^aws:rds\//, /copyTagsToSnapshot$|performanceInsightsRetentionPeriod$/, "nothing breaks without"],
  [/^aws:rds\//, /finalSnapshotIdentifier$/, "without it the deletion itself fails; skipping the snapshot is guarded"],
  [/^aws:s3\//, /applyServerSideEncryptionByDefault$/, "S3 encrypts every object since 2023, whatever is stated"],
  [/^aws:servicediscovery\//, /./, "names, no data"],
  [
    /^docker:index\/container:/,
    /cpus$|memoryReservation$|memorySwap$/,
    "a matter of speed; the memory limit is guarded",
  ],
  [/^docker:index\/container:/, /ulimits$/, "how many files and processes one needs is not known"],
  [/^docker:index\/container:/, /destroyGraceSeconds$/, "without it 10 s; how long a drain takes is not known"],
  [/^docker:index\/container:/, /volumes\[\]\.readOnly$/, "what a volume is for is not known"],
  [/^docker:index\/container:/, /^tmpfs\./, "the name of a folder, which may hold any word"],
];
