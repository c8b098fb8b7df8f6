const keep = (rulePriority: number, selection: object, countNumber: number): object => ({
  rulePriority,
  selection: { ...selection, countType: "imageCountMoreThan", countNumber },
  action: { type: "expire" },
});

/** A lifecycle policy that keeps ten releases whatever else is pushed. */
export const keepsReleases = JSON.stringify({
  rules: [keep(1, { tagStatus: "tagged", tagPatternList: ["release-*"] }, 10), keep(2, { tagStatus: "any" }, 30)],
});
