// How the brush looks: the stroke that is being painted, and the place and size of the next.
import { withAlpha } from '../model/colors';
import { MASK_ALPHA } from '../model/draw';
import type { Point } from './geometry';
import type { EditorModel } from './model';
import { colorIn, isSegmentationField } from './segments';

/** How much of the picture a segmentation covers. */
export const SEGMENT_ALPHA = 0.5;

/** A stroke of the brush or eraser, or an outline that is being drawn. */
export interface Stroke { points: Point[]; erase: boolean; outline?: boolean }

/** What is painted on. */
interface Surface {
  readonly model: EditorModel;
  readonly scale: number;
  toScreen(p: Point): Point;
}

/** A stroke as it will be painted, over the mask that it changes; nothing else may be drawn yet. */
export function drawStroke(context: CanvasRenderingContext2D, { points, erase, outline = false }: Stroke, view: Surface): void {
  const draw = () => (outline ? context.fill() : context.stroke());
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.lineWidth = Math.max(1, view.model.brushSize * view.scale);
  context.beginPath();
  for (const p of points) context.lineTo(...view.toScreen(p));
  if (points.length === 1) context.lineTo(...view.toScreen(points[0]!));
  context.strokeStyle = context.fillStyle = '#000000';
  context.globalCompositeOperation = 'destination-out';
  draw();
  context.globalCompositeOperation = 'source-over';
  if (!erase) {
    const { model } = view;
    const schema = model.schema(model.field);
    const objectClass = isSegmentationField(schema) ? undefined : model.paintTarget()?.label.label;
    context.strokeStyle = context.fillStyle = withAlpha(colorIn(schema, objectClass ?? model.activeClass.get(model.field)), isSegmentationField(schema) ? SEGMENT_ALPHA : MASK_ALPHA);
    draw();
  }
  if (outline) drawRim(context);
  context.lineCap = 'butt';
  context.lineJoin = 'miter';
}

/** The path that is drawn, light and dark so that it is seen on every picture. */
function drawRim(context: CanvasRenderingContext2D): void {
  for (const [color, width] of [['rgba(0,0,0,.8)', 3], ['#ffffff', 1]] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}

/** The rim of the brush where the pointer is, light and dark so that it is seen on every picture. */
export function drawBrush(context: CanvasRenderingContext2D, at: Point, view: Surface): void {
  const [x, y] = view.toScreen(at);
  const radius = Math.max(1.5, (view.model.brushSize / 2) * view.scale);
  for (const [color, r] of [['rgba(0,0,0,.8)', radius + 1], ['#ffffff', radius]] as const) {
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.arc(x, y, r, 0, 7);
    context.stroke();
  }
}
