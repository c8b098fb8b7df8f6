import { PolicyPack } from "@pulumi/policy";
import { packPolicies } from "./pack.ts";
import { POLICIES } from "./policies.ts";

new PolicyPack("trading-platform", { policies: [...packPolicies(POLICIES)] });
