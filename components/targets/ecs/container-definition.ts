import type { HealthCheck } from "./health.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly user: string;
  readonly cpu: number;
  readonly memory: number;
  readonly memoryReservation: number;
  readonly readonlyRootFilesystem: boolean;
  readonly dockerSecurityOptions: readonly string[];
  readonly linuxParameters: object;
  readonly dockerLabels: Readonly<Record<string, string>>;
  readonly logConfiguration: object;
  readonly mountPoints: readonly MountPoint[];
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly portMappings?: readonly object[];
  readonly healthCheck?: HealthCheck;
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: "SUCCESS" }[];
  readonly stopTimeout?: number;
  readonly ulimits?: readonly object[];
  readonly systemControls?: readonly object[];
  readonly repositoryCredentials?: { readonly credentialsParameter: string };
}

export interface MountPoint {
  readonly sourceVolume: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}
