// Rows of pictures of equal height that fill the width, edge to edge.
export interface Row { first: number; widths: number[]; height: number }

/**
 * Lays pictures of the given aspect ratios out in rows of about `target` pixels height. With
 * `fillLast` the last row fills the width, too, as more rows follow below it.
 */
export function justify(ratios: number[], width: number, target: number, gap: number, fillLast: boolean): Row[] {
  const breaks = breakRows(ratios, width, target, gap);
  if (fillLast && breaks.length > 1) {
    const start = breaks[breaks.length - 1]!;
    if (rowHeight(ratios, start, ratios.length, width, gap) > target * 1.35) breaks.pop();
  }
  return breaks.map((first, i) => {
    const end = breaks[i + 1] ?? ratios.length;
    const full = rowHeight(ratios, first, end, width, gap);
    const stretch = i < breaks.length - 1 || fillLast || full <= target;
    const height = Math.max(24, Math.round(stretch ? full : target));
    return { first, height, widths: ratios.slice(first, end).map((r) => Math.floor(clamp(r) * (stretch ? full : height))) };
  });
}

function breakRows(ratios: number[], width: number, target: number, gap: number): number[] {
  const breaks: number[] = [];
  let first = 0;
  for (let i = 0; i < ratios.length; i++) {
    if (i === first) breaks.push(first);
    if (rowHeight(ratios, first, i + 1, width, gap) <= target) first = i + 1;
  }
  return breaks;
}

function rowHeight(ratios: number[], first: number, end: number, width: number, gap: number): number {
  let sum = 0;
  for (let i = first; i < end; i++) sum += clamp(ratios[i]!);
  return (width - gap * (end - first - 1)) / sum;
}

const clamp = (ratio: number) => Math.min(3.5, Math.max(0.4, ratio));
