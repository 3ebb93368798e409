/** "98 %" of a whole number; nothing is certain, so 0 is "under 1 %" and 100 "over 99 %". */
export function percent(whole: number): string {
  return whole < 1 ? "under 1 %" : whole > 99 ? "over 99 %" : `${whole} %`;
}
