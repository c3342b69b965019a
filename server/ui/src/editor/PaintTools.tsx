// The tools that paint masks, how wide they are, and what they say of themselves.
import { SegmentedControl, Slider, Text } from '@mantine/core';
import { IconBrush, IconBucketDroplet, IconEraser, IconLasso, IconLassoPolygon } from '@tabler/icons-react';
import type { Command } from './keys';
import { isBrush, takesOrAdds, type EditorModel } from './model';
import { isSegmentationField } from './segments';
import { ToolButton } from './ToolButton';

export function PaintTools({ model, perform }: { model: EditorModel; perform(command: Command): void }) {
  return (
    <>
      <ToolButton label="Brush" keys="B" active={model.tool === 'brush'} onClick={() => perform('brush')}><IconBrush size={19} /></ToolButton>
      <ToolButton label="Eraser" keys="E" active={model.tool === 'erase'} onClick={() => perform('erase')}><IconEraser size={19} /></ToolButton>
      <ToolButton label="Fill an outline" keys="P" active={model.tool === 'fill'} onClick={() => perform('fill')}><IconLassoPolygon size={19} /></ToolButton>
      <ToolButton label="Lasso" keys="L" active={model.tool === 'lasso'} onClick={() => perform('lasso')}><IconLasso size={19} /></ToolButton>
      <ToolButton label="Bucket" keys="G" active={model.tool === 'bucket'} onClick={() => perform('bucket')}><IconBucketDroplet size={19} /></ToolButton>
    </>
  );
}

/** How wide brush and eraser are, and whether lasso and bucket add or take away. */
export function BrushSize({ model }: { model: EditorModel }) {
  if (takesOrAdds(model.tool)) {
    return <SegmentedControl size="xs" fullWidth aria-label="what lasso and bucket do" value={model.takesAway ? 'take' : 'add'} onChange={(v) => model.setTakesAway(v === 'take')} data={[{ value: 'add', label: 'Add' }, { value: 'take', label: 'Take away (X)' }]} />;
  }
  if (!isBrush(model.tool)) return null;
  const most = Math.max(model.width, model.height) / 4;
  // Even steps of the slider are even factors of the size.
  return (
    <section aria-label="brush">
      <Text size="xs" fw={700} c="dimmed" mb={4}>Brush: {model.brushSize} {model.brushSize === 1 ? 'pixel' : 'pixels'} wide ([ and ])</Text>
      <Slider size="sm" thumbLabel="brush size" min={0} max={Math.log(most)} step={0.05} value={Math.log(model.brushSize)} onChange={(v) => model.resizeBrush(Math.exp(v))} label={null} />
    </section>
  );
}

/** What to do while something is painted. */
export function paintHint(model: EditorModel): string {
  const begun = model.paintTarget() !== null;
  const segmentation = isSegmentationField(model.schema(model.field));
  if (model.tool === 'fill') return `Click each corner. Enter, or a click on the first, fills the outline.${model.sketch ? ' Backspace takes the last point back, Esc drops it.' : ' Esc leaves.'}`;
  if (model.tool === 'lasso') return `Drag around what to ${model.takesAway ? 'take away' : begun || segmentation ? 'add' : 'make an object of'}. X or Shift turns it round, Esc leaves.`;
  if (model.tool === 'bucket') {
    const what = segmentation ? `Click an area to make it ${model.takesAway ? 'background' : model.activeClass.get(model.field) ?? ''}.` : model.takesAway ? 'Click a piece of the object to take it away.' : begun ? 'Click a hole to fill it.' : 'Press on an object to fill its holes.';
    return `${what} X or Shift turns it round, Esc leaves.`;
  }
  if (segmentation && model.tool === 'brush') return `Drag to paint ${model.activeClass.get(model.field) ?? ''}. A digit changes the class, [ and ] the size, E erases, Esc leaves.`;
  if (model.tool === 'erase') return begun ? 'Drag to erase. [ and ] change the size, B paints, Esc leaves.' : 'Press on an object to erase from it. Esc leaves.';
  return begun ? 'Drag to paint more of this object. N begins a new one, E erases, [ and ] change the size.' : 'Drag to paint a new object. [ and ] change the size, Esc leaves.';
}
