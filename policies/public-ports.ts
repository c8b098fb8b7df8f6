export const PUBLIC_INGRESS_PAGE =
  "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-rules-reference.html";

/** The gateway's: HTTP, which it answers by sending to HTTPS, and HTTPS. */
export const isPublicPort = (port: number | undefined): boolean => port === 80 || port === 443;
