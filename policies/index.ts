import { PolicyPack } from "@pulumi/policy";
import { toSdkPolicy } from "./pack.ts";
import { POLICIES } from "./policies.ts";

new PolicyPack("trading-platform", { policies: POLICIES.map(toSdkPolicy) });
