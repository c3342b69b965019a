// Draws the picture and the shapes. Three canvases: the picture, the shapes at rest, and what moves; a drag redraws only the last.
import Flatbush from 'flatbush';
import type { Label } from '../api/client';
import { classColor, textOn, withAlpha } from '../model/colors';
import { captionText, drawLabel, type Frame } from '../model/draw';
import { contains, handleAt, HANDLES, type Box, type Point } from './geometry';
import { drawBrush, drawStroke, SEGMENT_ALPHA, type Stroke } from './brush';
import type { Shape } from './history';
import { drawKind, extent, isBrush, isPaintTool, type EditorModel, type Place, type Sketch } from './model';
import { hitMask } from './painting';
import { paintPicture, targetsOf } from './segments';
import { middles, type Points } from './points';

export interface Draft {
  /** Labels that move or change their form, by id. */
  places?: Map<string, Place>;
  /** A box being drawn. */
  box?: Box;
  /** A rubber band. */
  band?: Box;
  /** The pointer, while something can be drawn. */
  cross?: Point;
  /** What is being painted. */
  stroke?: Stroke;
}

const HANDLE = 8;

export class CanvasView {
  scale = 1;
  x = 0;
  y = 0;
  width = 1;
  height = 1;
  peeking = false;
  draft: Draft = {};
  private readonly layers: [HTMLCanvasElement, HTMLCanvasElement, HTMLCanvasElement];
  private drawn = { scale: 1, x: 0, y: 0 };
  private image: HTMLImageElement | HTMLVideoElement | null = null;
  private fitted: ImageBitmap | null = null;
  private fitRequest = 0;
  private pending = { rest: false, active: false, frame: 0 };
  private restCost = 0;
  /** Segmentations as pictures, by field. */
  private readonly segments = new Map<string, HTMLCanvasElement>();
  /** Whether all of the picture is shown and nobody has zoomed or panned yet. */
  private untouched = true;
  private settle = 0;
  private index: { edits: string; flat: Flatbush; shapes: Shape[] } | null = null;

  constructor(readonly host: HTMLElement, readonly model: EditorModel, readonly edges: Record<string, number[][]>) {
    this.layers = [0, 1, 2].map(() => {
      const c = document.createElement('canvas');
      c.setAttribute('aria-hidden', 'true');
      host.prepend(c);
      return c;
    }).reverse() as [HTMLCanvasElement, HTMLCanvasElement, HTMLCanvasElement];
  }

  destroy(): void {
    cancelAnimationFrame(this.pending.frame);
    clearTimeout(this.settle);
    this.fitRequest++;
    this.fitted?.close();
    this.layers.forEach((c) => c.remove());
  }

  /** What is annotated; a video is redrawn whenever it shows another frame. */
  setImage(image: HTMLImageElement | HTMLVideoElement): void {
    this.image = image;
    // The model has the picture's own size by now.
    if (this.untouched) this.fit();
    void this.prepareFitted();
    this.redraw();
  }

  // A picture of screen size is drawn much faster than scaling the full one each time. The last request wins; none is made
  // where the picture is as small as the screen.
  private async prepareFitted(): Promise<void> {
    const image = this.image;
    const ratio = window.devicePixelRatio || 1;
    const w = Math.round(this.model.width * this.fitScale() * ratio);
    const request = ++this.fitRequest;
    const smaller = image instanceof HTMLImageElement && w >= 1 && w < image.naturalWidth;
    const bitmap = smaller
      ? await createImageBitmap(image, { resizeWidth: w, resizeHeight: Math.max(1, Math.round((w * this.model.height) / this.model.width)), resizeQuality: 'medium' }).catch(() => null)
      : null;
    if (request !== this.fitRequest) {
      bitmap?.close();
      return;
    }
    this.fitted?.close();
    this.fitted = bitmap;
    this.redraw();
  }

  resize(width: number, height: number): void {
    const first = this.width === 1;
    const wasFit = Math.abs(this.scale - this.fitScale()) < 1e-9;
    this.width = width;
    this.height = height;
    const ratio = window.devicePixelRatio || 1;
    for (const c of this.layers) {
      c.width = width * ratio;
      c.height = height * ratio;
      c.style.width = width + 'px';
      c.style.height = height + 'px';
    }
    if (first || wasFit) this.fit();
    if (this.image) void this.prepareFitted();
    this.draw(true);
  }

  /** The room beside the toolbar: left, top, width, height. */
  private room(): [number, number, number, number] {
    const [left, top] = this.width < 560 ? [6, 54] : [60, 8];
    return [left, top, Math.max(20, this.width - left - 8), Math.max(20, this.height - top - 8)];
  }

  private fitScale(): number {
    const [, , width, height] = this.room();
    return Math.min(width / this.model.width, height / this.model.height);
  }

  fit(): void {
    const [left, top, width, height] = this.room();
    this.scale = this.fitScale();
    this.x = left + (width - this.model.width * this.scale) / 2;
    this.y = top + (height - this.model.height * this.scale) / 2;
    this.viewChanged();
  }

  zoomTo(box: Box): void {
    this.untouched = false;
    const w = Math.max(box[2] * this.model.width, 8);
    const h = Math.max(box[3] * this.model.height, 8);
    this.scale = Math.min(this.width / (w * 2), this.height / (h * 2), 24);
    this.x = this.width / 2 - (box[0] + box[2] / 2) * this.model.width * this.scale;
    this.y = this.height / 2 - (box[1] + box[3] / 2) * this.model.height * this.scale;
    this.viewChanged();
  }

  zoomAt(px: number, py: number, factor: number): void {
    this.untouched = false;
    const scale = Math.min(40, Math.max(this.fitScale() / 4, this.scale * factor));
    this.x = px - ((px - this.x) * scale) / this.scale;
    this.y = py - ((py - this.y) * scale) / this.scale;
    this.scale = scale;
    this.viewChanged();
  }

  pan(dx: number, dy: number): void {
    this.untouched = false;
    this.x += dx;
    this.y += dy;
    this.viewChanged();
  }

  toPicture(px: number, py: number): Point {
    return [(px - this.x) / (this.model.width * this.scale), (py - this.y) / (this.model.height * this.scale)];
  }

  toScreen(p: Point): Point {
    return [this.x + p[0] * this.model.width * this.scale, this.y + p[1] * this.model.height * this.scale];
  }

  /** A distance of screen pixels, relative to the picture. */
  tolerance(px: number): Point {
    return [px / (this.model.width * this.scale), px / (this.model.height * this.scale)];
  }

  private frame(): Frame {
    return { x: this.x, y: this.y, width: this.model.width * this.scale, height: this.model.height * this.scale };
  }

  // Cheap scenes are redrawn at once. Others are moved as they are and redrawn when the hand rests.
  private viewChanged(): void {
    if (this.restCost < 9) {
      this.redraw();
      return;
    }
    const k = this.scale / this.drawn.scale;
    const transform = `translate(${this.x - this.drawn.x * k}px, ${this.y - this.drawn.y * k}px) scale(${k})`;
    this.layers[0].style.transform = transform;
    this.layers[1].style.transform = transform;
    this.redrawActive();
    clearTimeout(this.settle);
    this.settle = window.setTimeout(() => this.redraw(), 90);
  }

  redraw(): void {
    this.pending.rest = true;
    this.schedule();
  }

  redrawActive(): void {
    this.pending.active = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.pending.frame === 0) this.pending.frame = requestAnimationFrame(() => this.draw(this.pending.rest));
  }

  private draw(rest: boolean): void {
    cancelAnimationFrame(this.pending.frame);
    this.pending = { rest: false, active: false, frame: 0 };
    if (rest) this.drawRest();
    this.drawActive();
  }

  private clear(layer: 0 | 1 | 2): CanvasRenderingContext2D {
    const c = this.layers[layer];
    const context = c.getContext('2d')!;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  private drawRest(): void {
    const start = performance.now();
    const frame = this.frame();
    const picture = this.clear(0);
    if (this.image) {
      const small = this.fitted && this.scale <= this.fitScale() * 1.05;
      picture.imageSmoothingEnabled = this.scale < 3;
      picture.drawImage(small ? this.fitted! : this.image, frame.x, frame.y, frame.width, frame.height);
    }
    this.layers[0].style.transform = '';
    this.layers[1].style.transform = '';
    this.drawn = { scale: this.scale, x: this.x, y: this.y };
    const context = this.clear(1);
    if (!this.peeking) {
      this.drawSegmentations(context, frame, false);
      this.drawShapes(context, frame);
    }
    this.restCost = this.restCost * 0.5 + (performance.now() - start) * 0.5;
  }

  /** The segmentation of the present field, which is being worked on, or those of the others. */
  private drawSegmentations(context: CanvasRenderingContext2D, frame: Frame, present: boolean): void {
    for (const s of this.model.segmentations().filter((s) => (s.field === this.model.field) === present)) {
      let canvas = this.segments.get(s.field);
      if (!canvas) {
        canvas = document.createElement('canvas');
        this.segments.set(s.field, canvas);
      }
      paintPicture(canvas, s.label.mask!, targetsOf(this.model.schema(s.field)!));
      context.globalAlpha = SEGMENT_ALPHA;
      context.imageSmoothingEnabled = false;
      context.drawImage(canvas, frame.x, frame.y, frame.width, frame.height);
      context.globalAlpha = 1;
    }
  }

  private drawShapes(context: CanvasRenderingContext2D, frame: Frame): void {
    const shapes = this.model.visible().filter((s) => !this.model.selected.has(s.label.id));
    const crowded = shapes.length > 120;
    for (const s of shapes) {
      const e = extent(s.label)!;
      const w = e[2] * frame.width;
      const h = e[3] * frame.height;
      const x = frame.x + e[0] * frame.width;
      const y = frame.y + e[1] * frame.height;
      if (x > this.width || y > this.height || x + w < 0 || y + h < 0) continue;
      if (w < 6 && h < 6) {
        context.fillStyle = withAlpha(classColor(s.label.label), 0.7);
        context.fillRect(x, y, Math.max(2, w), Math.max(2, h));
      } else {
        drawLabel(context, s.label, frame, { captions: !crowded || w > 90, line: crowded ? 1.25 : 2, edges: this.edges[s.field] ?? [], outline: this.isPainted(s) });
      }
    }
  }

  private drawActive(): void {
    const context = this.clear(2);
    if (this.peeking) return;
    const frame = this.frame();
    const chosen = this.model.allHidden ? [] : this.model.chosen().filter((s) => extent(s.label) && !this.model.hidden.has(s.label.id));
    const painting = isPaintTool(this.model.tool);
    // What a stroke changes comes first: strokes are cut out of it.
    this.drawSegmentations(context, frame, true);
    const labels = chosen.map((s) => ({ s, label: { ...s.label, ...this.draft.places?.get(s.label.id) } as Label }));
    for (const { s, label } of labels) drawLabel(context, label, frame, { captions: false, line: painting ? 1.5 : 3, edges: this.edges[s.field] ?? [], outline: this.isPainted(s) });
    if (this.draft.stroke) drawStroke(context, this.draft.stroke, this);
    for (const { s, label } of labels) this.drawSelection(context, label, extent(label)!, !painting && chosen.length === 1 && this.model.mayChange(s, 'spatialEdits'));
    if (this.model.sketch) this.drawSketch(context, this.model.sketch, frame);
    if (this.draft.box) this.drawDraft(context, this.draft.box, classColor(this.model.activeClass.get(this.model.field)));
    if (this.draft.band) this.drawDraft(context, this.draft.band, '#4dabf7');
    if (!this.draft.cross || this.draft.box || this.model.tool === 'select') return;
    if (isBrush(this.model.tool)) drawBrush(context, this.draft.cross, this);
    else this.drawCross(context, this.draft.cross);
  }

  private drawSelection(context: CanvasRenderingContext2D, label: Label, box: Box, handles: boolean): void {
    const color = classColor(label.label);
    const [x, y] = this.toScreen([box[0], box[1]]);
    const [x1, y1] = this.toScreen([box[0] + box[2], box[1] + box[3]]);
    if (!label.mask) {
      context.fillStyle = withAlpha(color, 0.14);
      context.fillRect(x, y, x1 - x, y1 - y);
    }
    context.lineWidth = 1;
    context.strokeStyle = '#ffffff';
    context.strokeRect(x - 2, y - 2, x1 - x + 4, y1 - y + 4);
    const text = captionText(label);
    if (text) {
      context.font = '600 12px system-ui, sans-serif';
      const w = context.measureText(text).width + 10;
      const top = y > 24 ? y - 22 : y1 + 6;
      context.fillStyle = color;
      context.fillRect(x - 2, top, w, 18);
      context.fillStyle = textOn(color);
      context.fillText(text, x + 3, top + 13);
    }
    if (!handles) return;
    if (!label.box) return this.drawVertices(context, label);
    for (const h of HANDLES) {
      const [hx, hy] = this.toScreen(handleAt(box, h));
      context.fillStyle = '#ffffff';
      context.strokeStyle = '#10201d';
      context.fillRect(hx - HANDLE / 2, hy - HANDLE / 2, HANDLE, HANDLE);
      context.strokeRect(hx - HANDLE / 2, hy - HANDLE / 2, HANDLE, HANDLE);
    }
  }

  /** The points that can be taken, and smaller the middles of edges. */
  private drawVertices(context: CanvasRenderingContext2D, label: Label): void {
    const points = (label.points ?? []) as Points;
    context.strokeStyle = '#10201d';
    context.fillStyle = '#ffffff';
    const dot = (p: Point, radius: number) => {
      const [x, y] = this.toScreen(p);
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.fill();
      context.stroke();
    };
    if (label.cls !== 'Keypoint') middles(points, label.closed ?? false).forEach(({ p }) => dot(p, 2.5));
    points.flat().forEach((p) => p && dot(p, HANDLE / 2));
  }

  /** The shape that is being drawn, with the pointer as its next point. */
  private drawSketch(context: CanvasRenderingContext2D, sketch: Sketch, frame: Frame): void {
    const name = this.model.activeClass.get(sketch.field);
    const next = this.draft.cross;
    const points = next ? [...sketch.points, next] : sketch.points;
    const label: Label = { id: '', cls: sketch.kind === 'keypoint' ? 'Keypoint' : 'Polyline', ...(name === undefined ? {} : { label: name }), points: [points], closed: sketch.kind === 'outline', filled: sketch.kind === 'outline' };
    drawLabel(context, label, frame, { captions: false, line: 2, edges: this.edges[sketch.field] ?? [] });
    this.drawVertices(context, { ...label, cls: 'Keypoint', points: [sketch.points] });
  }

  private drawDraft(context: CanvasRenderingContext2D, box: Box, color: string): void {
    const [x, y] = this.toScreen([box[0], box[1]]);
    const [x1, y1] = this.toScreen([box[0] + box[2], box[1] + box[3]]);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.strokeRect(x, y, x1 - x, y1 - y);
    context.setLineDash([]);
    context.fillStyle = withAlpha(color, 0.12);
    context.fillRect(x, y, x1 - x, y1 - y);
  }

  private drawCross(context: CanvasRenderingContext2D, at: Point): void {
    const [x, y] = this.toScreen(at).map(Math.round) as Point;
    context.strokeStyle = 'rgba(255,255,255,.75)';
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x + 0.5, 0);
    context.lineTo(x + 0.5, this.height);
    context.moveTo(0, y + 0.5);
    context.lineTo(this.width, y + 0.5);
    context.stroke();
  }

  private shapesNear(box: Box): Shape[] {
    const key = `${this.model.edits}/${this.model.hidden.size}/${this.model.allHidden}`;
    if (this.index?.edits !== key) {
      const shapes = this.model.visible();
      if (shapes.length === 0) return [];
      const flat = new Flatbush(shapes.length);
      for (const { label } of shapes) {
        const e = extent(label)!;
        flat.add(e[0], e[1], e[0] + e[2], e[1] + e[3]);
      }
      flat.finish();
      this.index = { edits: key, flat, shapes };
    }
    const { flat, shapes } = this.index;
    return flat.search(box[0], box[1], box[0] + box[2], box[1] + box[3]).map((i) => shapes[i]!);
  }

  /** Whether a label is shown by its mask. */
  private isPainted(s: Shape): boolean {
    return s.label.mask !== undefined && drawKind(this.model.schema(s.field)) === 'mask';
  }

  /** The label to take at a point: the smallest whose box, or whose mask where it is shown, is there. */
  hit(p: Point): Label | null {
    const reach = this.tolerance(4);
    const [tx, ty] = reach;
    const area = (l: Label) => { const e = extent(l)!; return e[2] * e[3]; };
    return this.shapesNear([p[0] - tx, p[1] - ty, 2 * tx, 2 * ty])
      .filter((s) => (this.isPainted(s) ? hitMask(s.label, p, reach) : contains(extent(s.label)!, p, tx, ty)))
      .map((s) => s.label).sort((a, b) => area(a) - area(b))[0] ?? null;
  }

  inside(box: Box): string[] {
    return this.shapesNear(box).map((s) => s.label.id);
  }
}
