import { vaultCases } from "./testing/cases.ts";
import { standIn } from "./testing/stand-in.ts";

vaultCases("on a stand-in of Vault's HTTP API", standIn);
