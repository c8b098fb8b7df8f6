import { systemMemoryMiB } from "./capacity.ts";
import { dataFolder } from "./containers.ts";

/** First-boot script of a host that owns no data. */
export const hostScript = (cluster: string): string => ["#!/bin/bash", "set -euo pipefail", joins(cluster)].join("\n");

/**
 * First-boot script of the monitoring host: takes over the data volume (from a predecessor that may still be leaving),
 * makes a file system only where there is none, mounts it, and joins the cluster last, so that no task ever starts on
 * an empty folder. The ECS-optimized image has no AWS CLI, so the script needs the network's way out.
 * A volume that grew is another script, and so another host: only at its first boot does the file system grow.
 */
export const monitoringHostScript = (
  cluster: string,
  { id: volumeId, sizeGiB }: { readonly id: string; readonly sizeGiB: number },
): string => `#!/bin/bash
set -euo pipefail
patiently() { for attempt in $(seq 60); do if "$@"; then return; fi; sleep 10; done; return 1; }
command -v aws >/dev/null || patiently dnf install -y awscli-2
token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' http://169.254.169.254/latest/api/token)
fact() { curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"; }
export AWS_REGION=$(fact placement/region)
instance=$(fact instance-id)
patiently aws ec2 attach-volume --volume-id ${volumeId} --instance-id "$instance" --device /dev/sdf
device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}
patiently test -e "$device"
blkid "$device" || mkfs.xfs "$device"
mkdir -p ${dataFolder}
echo "$device ${dataFolder} xfs defaults,nodev,nosuid 0 0" >> /etc/fstab
mount ${dataFolder}
xfs_growfs ${dataFolder} # to ${sizeGiB} GiB
${joins(cluster)}`;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html */
const joins = (cluster: string): string => `cat > /etc/ecs/ecs.config <<'END'
ECS_CLUSTER=${cluster}
ECS_RESERVED_MEMORY=${systemMemoryMiB}
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","awslogs","none"]
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true
END
`;
