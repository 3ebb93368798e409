/** Who wrote a text and with what right, for the mark around it: a planted claim must not pass for a maintainer's word. */
export function byWhom(author: string | undefined, maintainer: boolean | undefined): string {
  if (author === undefined) return "author not known";
  const right =
    maintainer === undefined
      ? "rights not known"
      : maintainer
        ? "may write to the repository"
        : "no write permission";
  // A login is letters, digits and hyphens; whatever else stands in one was not given by GitHub.
  return `by @${author.replace(/[^\w.[\]-]/g, "?").slice(0, 60)} (${right})`;
}
