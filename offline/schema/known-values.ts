/**
 * Allowed values that the type declarations do not state in a readable form, by object type (or resource token) and
 * property. They replace what the docstring says; an empty list says that the docstring's list is not complete.
 *
 * Sources: Kubernetes API reference v1.34 (the enumerations of each field); AWS API references of the named services
 * with the validators of terraform-provider-aws; terraform-provider-docker, resource_docker_container.go.
 */
export const knownValues: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  // Docker
  "docker:index/container:Container": { restart: ["no", "on-failure", "always", "unless-stopped"] },
  "docker:index/network:Network": { driver: [] }, // plugins bring drivers of their own
  ContainerMount: { type: ["bind", "volume", "tmpfs"] },
  ContainerMountBindOptions: { propagation: ["private", "rprivate", "shared", "rshared", "slave", "rslave"] },
  ContainerPort: { protocol: ["tcp", "udp", "sctp"] },

  // Kubernetes
  "core.v1.Container": {
    imagePullPolicy: ["Always", "IfNotPresent", "Never"],
    terminationMessagePolicy: ["FallbackToLogsOnError", "File"],
  },
  "core.v1.ContainerPort": { protocol: ["TCP", "UDP", "SCTP"] },
  "core.v1.PodSpec": {
    restartPolicy: ["Always", "OnFailure", "Never"],
    dnsPolicy: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
    preemptionPolicy: ["Never", "PreemptLowerPriority"],
  },
  "core.v1.SeccompProfile": { type: ["Localhost", "RuntimeDefault", "Unconfined"] },
  "core.v1.ServicePort": { protocol: ["TCP", "UDP", "SCTP"] },
  "core.v1.ServiceSpec": {
    type: ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
    sessionAffinity: ["ClientIP", "None"],
    externalTrafficPolicy: ["Cluster", "Local"],
    internalTrafficPolicy: ["Cluster", "Local"],
    ipFamilyPolicy: ["PreferDualStack", "RequireDualStack", "SingleStack"],
  },
  "core.v1.Toleration": { operator: ["Equal", "Exists"], effect: ["NoExecute", "NoSchedule", "PreferNoSchedule"] },
  "core.v1.TopologySpreadConstraint": { whenUnsatisfiable: ["DoNotSchedule", "ScheduleAnyway"] },
  "core.v1.HostPathVolumeSource": {
    type: ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"],
  },
  "core.v1.PersistentVolumeClaimSpec": {
    accessModes: ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"],
    volumeMode: ["Block", "Filesystem"],
  },
  "core.v1.HTTPGetAction": { scheme: ["HTTP", "HTTPS"] },
  "meta.v1.LabelSelectorRequirement": { operator: ["In", "NotIn", "Exists", "DoesNotExist"] },
  "apps.v1.DeploymentStrategy": { type: ["Recreate", "RollingUpdate"] },
  "apps.v1.StatefulSetSpec": { podManagementPolicy: ["OrderedReady", "Parallel"] },
  "apps.v1.StatefulSetUpdateStrategy": { type: ["OnDelete", "RollingUpdate"] },
  "apps.v1.DaemonSetUpdateStrategy": { type: ["OnDelete", "RollingUpdate"] },
  "batch.v1.CronJobSpec": { concurrencyPolicy: ["Allow", "Forbid", "Replace"] },
  "batch.v1.JobSpec": { completionMode: ["Indexed", "NonIndexed"] },
  "networking.v1.HTTPIngressPath": { pathType: ["Exact", "ImplementationSpecific", "Prefix"] },
  "networking.v1.NetworkPolicySpec": { policyTypes: ["Egress", "Ingress"] },
  "networking.v1.NetworkPolicyPort": { protocol: ["TCP", "UDP", "SCTP"] },
  "policy.v1.PodDisruptionBudgetSpec": { unhealthyPodEvictionPolicy: ["AlwaysAllow", "IfHealthyBudget"] },
  "autoscaling.v2.MetricSpec": { type: ["ContainerResource", "External", "Object", "Pods", "Resource"] },
  "autoscaling.v2.MetricTarget": { type: ["AverageValue", "Utilization", "Value"] },
  "kubernetes:storage.k8s.io/v1:StorageClass": {
    reclaimPolicy: ["Delete", "Retain"],
    volumeBindingMode: ["Immediate", "WaitForFirstConsumer"],
  },

  // AWS
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    comparisonOperator: [
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
      "LessThanThreshold",
      "LessThanOrEqualToThreshold",
      "LessThanLowerOrGreaterThanUpperThreshold",
      "LessThanLowerThreshold",
      "GreaterThanUpperThreshold",
    ],
    treatMissingData: ["missing", "ignore", "breaching", "notBreaching"],
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { type: ["egress", "ingress"] },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    vpcEndpointType: ["Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"],
  },
  "aws:ecr/repository:Repository": {
    imageTagMutability: ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"],
  },
  "aws:ecs/service:Service": {
    launchType: ["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"],
    propagateTags: ["SERVICE", "TASK_DEFINITION", "NONE"],
  },
  "aws:kms/key:Key": { keyUsage: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"] },
  "aws:lb/listener:Listener": {
    protocol: ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"],
    routingHttpResponseAccessControlAllowMethodsHeaderValue: [],
  },
  "aws:lb/loadBalancer:LoadBalancer": { ipAddressType: ["ipv4", "dualstack", "dualstack-without-public-ipv4"] },
  "aws:lb/targetGroup:TargetGroup": {
    protocol: ["GENEVE", "HTTP", "HTTPS", "TCP", "TCP_UDP", "TLS", "UDP", "QUIC", "TCP_QUIC"],
    targetType: ["instance", "ip", "lambda", "alb"],
  },
  "aws:sns/topicSubscription:TopicSubscription": {
    protocol: ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"],
  },
  "aws:autoscaling/group:Group": { terminationPolicies: [], suspendedProcesses: [] },
  "ecs.ServiceOrderedPlacementStrategy": { field: [] }, // also `attribute:…`
  "cloudwatch.EventTargetEcsTargetOrderedPlacementStrategy": { field: [] },
  "ec2.LaunchTemplateInstanceRequirements": { acceleratorNames: [], acceleratorTypes: [] },
  "autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirements": {
    acceleratorNames: [],
    acceleratorTypes: [],
  },
};
