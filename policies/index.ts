import { PolicyPack } from "@pulumi/policy";
import { PACK_NAME, packPolicies } from "./pack.ts";
import { POLICIES } from "./policies.ts";

new PolicyPack(PACK_NAME, { policies: [...packPolicies(POLICIES)] });
