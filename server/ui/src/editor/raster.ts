// Pixels that strokes and outlines are painted on. Distances are in pixels; the middle of the first is at 0.5, 0.5.
import type { Pixels } from '../model/masks';
import type { Point } from './geometry';

export class Raster {
  /** Whether anything was painted that differs from what was there. */
  changed = false;

  constructor(readonly width: number, readonly height: number, readonly pixels: Pixels = new Uint8Array(width * height)) {}

  /** Gives all pixels whose middle is within a radius of a line a value. At least one is met by each point. */
  stroke(line: Point[], radius: number, value: number): void {
    line.forEach((p, i) => {
      this.capsule(line[Math.max(0, i - 1)]!, p, radius, value);
      this.span(Math.floor(p[1]), Math.floor(p[0]), Math.floor(p[0]) + 1, value);
    });
  }

  /** Gives all pixels whose middle is inside a closed line a value; where it runs over itself, inside is what it goes around. */
  fill(outline: Point[], value: number): void {
    const ys = outline.map((p) => p[1]);
    for (let row = Math.max(0, Math.floor(Math.min(...ys))); row < Math.min(this.height, Math.ceil(Math.max(...ys))); row++) {
      const y = row + 0.5;
      const crossings = outline.flatMap((p, i) => {
        const q = outline[(i + 1) % outline.length]!;
        return p[1] <= y !== q[1] <= y ? [{ x: p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]), turn: p[1] <= y ? 1 : -1 }] : [];
      }).sort((a, b) => a.x - b.x);
      let turns = 0;
      crossings.forEach(({ x, turn }, i) => {
        turns += turn;
        const next = crossings[i + 1];
        if (turns !== 0 && next) this.span(row, Math.ceil(x - 0.5), Math.ceil(next.x - 0.5), value);
      });
    }
  }

  /** Gives the pixels that are joined to one by their edges, and have its value, another. Goes row by row, so that few places are remembered. */
  flood([px, py]: Point, value: number): void {
    const { width, height, pixels } = this;
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    if (x0 < 0 || y0 < 0 || x0 >= width || y0 >= height) return;
    const old = pixels[y0 * width + x0]!;
    if (old === value) return;
    const open = [y0 * width + x0];
    while (open.length > 0) {
      const at = open.pop()!;
      if (pixels[at] !== old) continue;
      const row = at - (at % width);
      let from = at;
      while (from > row && pixels[from - 1] === old) from--;
      let to = at + 1;
      while (to < row + width && pixels[to] === old) to++;
      pixels.fill(value, from, to);
      for (const beside of [row - width, row + width]) {
        if (beside < 0 || beside >= pixels.length) continue;
        const shift = beside - row;
        for (let i = from; i < to; i++) {
          if (pixels[i + shift] === old && (i === from || pixels[i + shift - 1] !== old)) open.push(i + shift);
        }
      }
    }
    this.changed = true;
  }

  /** All pixels within a radius of the way from a to b: in each row one span, as the form is convex. */
  private capsule(a: Point, b: Point, radius: number, value: number): void {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dy);
    const first = Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius));
    const last = Math.min(this.height - 1, Math.ceil(Math.max(a[1], b[1]) + radius));
    for (let row = first; row <= last; row++) {
      const y = row + 0.5;
      let [from, to] = [Infinity, -Infinity];
      for (const p of [a, b]) {
        const half = radius * radius - (y - p[1]) ** 2;
        if (half < 0) continue;
        from = Math.min(from, p[0] - Math.sqrt(half));
        to = Math.max(to, p[0] + Math.sqrt(half));
      }
      if (length > 0) {
        // The rectangle beside the way, whose corners are a radius away from its ends.
        const [nx, ny] = [(-dy / length) * radius, (dx / length) * radius];
        const corners: Point[] = [[a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny], [b[0] - nx, b[1] - ny], [a[0] - nx, a[1] - ny]];
        corners.forEach((p, i) => {
          const q = corners[(i + 1) % 4]!;
          if (p[1] <= y === q[1] <= y) return;
          const x = p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]);
          from = Math.min(from, x);
          to = Math.max(to, x);
        });
      }
      if (from <= to) this.span(row, Math.ceil(from - 0.5), Math.floor(to - 0.5) + 1, value);
    }
  }

  private span(row: number, from: number, to: number, value: number): void {
    if (row < 0 || row >= this.height) return;
    const start = row * this.width + Math.max(0, from);
    const end = row * this.width + Math.min(this.width, to);
    for (let i = start; i < end; i++) {
      if (this.pixels[i] !== value) {
        this.pixels[i] = value;
        this.changed = true;
      }
    }
  }

  /** The smallest part that holds all pixels that are set: x, y, width, height; null if none is. */
  bounds(): [number, number, number, number] | null {
    const { width, height, pixels } = this;
    let [x0, y0, x1, y1] = [width, height, -1, -1];
    for (let y = 0; y < height; y++) {
      let i = y * width;
      const end = i + width;
      while (i < end && pixels[i] === 0) i++;
      if (i === end) continue;
      y0 = Math.min(y0, y);
      y1 = y;
      x0 = Math.min(x0, i - y * width);
      let j = end - 1;
      while (pixels[j] === 0) j--;
      x1 = Math.max(x1, j - y * width);
    }
    return x1 < 0 ? null : [x0, y0, x1 - x0 + 1, y1 - y0 + 1];
  }
}
