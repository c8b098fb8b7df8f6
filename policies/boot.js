// Pulumi's policy runner puts ts-node in front of every .ts file that is loaded by require, whatever
// PulumiPolicy.yaml says, and ts-node knows neither .ts import endings nor ES modules. From a .js entry
// Node loads the rest as ES modules by itself: no compiler in between, and a second less at the start.
import "./index.ts";
