import { LIMITS } from "../../text/github-limits.ts";
import type { Annotation, CheckRunContent } from "../github.ts";

/** An annotation as GitHub names its parts. */
export interface SentAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: Annotation["level"];
  readonly message: string;
}

/**
 * Bodies of the requests that make a check run show its content: every one says all of it, with the next annotations
 * that fit. At least one. `present`: annotations that it has; updates add to them.
 */
export function checkRunRequests(
  content: CheckRunContent,
  present: readonly SentAnnotation[],
): readonly [object, ...object[]] {
  const there = new Set(present.map(keyOf));
  const annotations = content.annotations
    .slice(0, LIMITS.ownAnnotations)
    .map(sent)
    .filter((annotation) => !there.has(keyOf(annotation)));
  const { annotationsPerRequest: size } = LIMITS;
  const bodyOf = (batch: readonly SentAnnotation[]): object => ({
    name: content.name,
    external_id: content.externalId,
    status: "completed",
    conclusion: content.conclusion,
    output: {
      title: content.title,
      summary: content.summary,
      ...(batch.length === 0 ? {} : { annotations: batch }),
    },
  });
  const rest: object[] = [];
  for (let from = size; from < annotations.length; from += size)
    rest.push(bodyOf(annotations.slice(from, from + size)));
  return [bodyOf(annotations.slice(0, size)), ...rest];
}

function sent({ path, line, level, message }: Annotation): SentAnnotation {
  return { path, start_line: line, end_line: line, annotation_level: level, message };
}

function keyOf(annotation: SentAnnotation): string {
  const { path, start_line, end_line, annotation_level, message } = annotation;
  return JSON.stringify([path, start_line, end_line, annotation_level, message]);
}
