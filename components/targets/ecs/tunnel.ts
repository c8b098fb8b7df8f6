import type { Tunnel, TunnelEnds } from "../tunnel.ts";
import { namespaceOf } from "./names.ts";
import type { EcsSection } from "./section.ts";

/**
 * Session Manager leads through one of the stack's hosts to the member: no port is open to the outside, and IAM says who
 * may (docs.aws.amazon.com, "Starting a session": port forwarding to a remote host). Needs its plugin beside the AWS CLI.
 */
export const hostTunnel = (
  { stack, member, port, localPort }: TunnelEnds,
  { region }: Pick<EcsSection, "region">,
): Tunnel => ({
  lookup: {
    program: "aws",
    words: [
      ...["ec2", "describe-instances", `--region=${region}`, "--output=text"],
      ...["--filters", `Name=tag:stack,Values=${stack}`, "Name=instance-state-name,Values=running"],
      "--query=Reservations[0].Instances[0].InstanceId",
    ],
  },
  command: (instance) => ({
    program: "aws",
    words: [
      ...["ssm", "start-session", `--region=${region}`, `--target=${instance}`],
      "--document-name=AWS-StartPortForwardingSessionToRemoteHost",
      `--parameters=${JSON.stringify({
        host: [`${member}.${namespaceOf(stack)}`],
        portNumber: [`${port}`],
        localPortNumber: [`${localPort}`],
      })}`,
    ],
  }),
});
