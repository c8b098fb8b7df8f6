import type { SecretName } from "../../components/workload/index.ts";

/** What `./platform secrets rotate` knows to rotate, by the word that is typed. */
export const rotatable: readonly { readonly name: string; readonly secrets: readonly SecretName[] }[] = [
  { name: "database-password", secrets: ["databasePassword", "databasePasswordA", "databasePasswordB"] },
];

/** The word for a secret that can be rotated; undefined for others. */
export const rotationOf = (secret: SecretName): string | undefined =>
  rotatable.find(({ secrets }) => secrets.includes(secret))?.name;
