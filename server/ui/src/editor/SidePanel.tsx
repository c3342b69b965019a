// Classes, attributes of the selection, and every label as a list for keyboard and screen reader.
import { Badge, Checkbox, Group, MultiSelect, NumberInput, Radio, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { Attribute, FieldSchema } from '../api/client';
import { classColor } from '../model/colors';
import type { Shape } from './history';
import { Chips, MANY } from './Chips';
import { drawKind, extent, isClassField, isPlacedField, type EditorModel } from './model';
import { BrushSize } from './PaintTools';
import { ScalarField, TextValue } from './ScalarField';
import { colorIn, isSegmentationField } from './segments';
import { ObjectList, trackNote } from './ObjectList';
import { VideoModel } from './videoModel';
import { isFrameField, isScalarField } from './work';

export function SidePanel({ model, version }: { model: EditorModel; version: number }) {
  const spatial = model.task.schema.filter(isPlacedField);
  const field = model.schema(model.field);
  return (
    <aside className="editor-side" aria-label="labels" data-version={version}>
      <Stack gap="md">
        {model.task.schema.filter(isClassField).map((f) => <ClassField key={f.field} model={model} schema={f} />)}
        {model.task.schema.filter(isScalarField).map((f) => <ScalarField key={f.field} model={model} schema={f} />)}
        {spatial.length > 1 && <SegmentedControl size="xs" fullWidth value={model.field} onChange={(f) => { model.turnTo(f); }} data={spatial.map((f) => f.field)} aria-label="field" />}
        {field && isPlacedField(field) && <Classes model={model} schema={field} />}
        <BrushSize model={model} />
        {field && <Limits schema={field} />}
        <Attributes model={model} />
        {model instanceof VideoModel ? spatial.length > 0 && <ObjectList model={model} /> : spatial.some((f) => !isSegmentationField(f)) && <LabelList model={model} />}
      </Stack>
    </aside>
  );
}

function Classes({ model, schema }: { model: EditorModel; schema: FieldSchema }) {
  const first = model.first();
  const current = first && first.field === schema.field ? first.label.label : model.activeClass.get(schema.field);
  const [search, setSearch] = useState('');
  const chips = useRef<HTMLDivElement>(null);
  useEffect(() => { chips.current?.querySelector('[aria-pressed=true]')?.scrollIntoView({ block: 'nearest' }); }, [current]);
  const many = schema.classes.length > MANY;
  const found = search.trim() === '' ? schema.classes : ranked(schema.classes, search.trim().toLowerCase());
  const choose = (name: string) => { model.setClass(name); setSearch(''); };
  const leave = () => { setSearch(''); document.querySelector<HTMLElement>('[data-testid=stage]')?.focus({ preventScroll: true }); };
  const may = isSegmentationField(schema) ? model.mayPaint(schema.field) : (first ? model.mayChange(first, 'labelEdits') : model.may(schema.field, 'additions'));
  return (
    <section aria-label="class">
      <Text size="xs" fw={700} c="dimmed" mb={4}>{model.selected.size > 0 ? 'Class of the selection' : NEXT[drawKind(schema) ?? ''] ?? 'Class of the next label'}</Text>
      {many && (
        <TextInput size="xs" mb={6} placeholder={`Search ${schema.classes.length} classes (/)`} aria-label="search classes" data-testid="class-search" value={search} disabled={!may} onChange={(e) => setSearch(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === 'Enter' && found[0]) choose(found[0].name); if (e.key === 'Enter' || e.key === 'Escape') leave(); }} />
      )}
      <div ref={chips} className="class-chips" data-many={many || undefined}>
        {found.slice(0, 200).map((c) => (
          <button key={c.name} type="button" className="class-chip" disabled={!may} aria-pressed={current === c.name} style={{ ['--chip' as string]: colorIn(schema, c.name) }} onClick={() => choose(c.name)}>
            {schema.classes.indexOf(c) < 9 && <kbd>{schema.classes.indexOf(c) + 1}</kbd>}<span className="swatch" style={{ background: colorIn(schema, c.name) }} />{c.name}
          </button>
        ))}
      </div>
      {found.length === 0 && <Text size="xs" c="dimmed">No class is named so.</Text>}
    </section>
  );
}

const NEXT: Record<string, string> = { box: 'Class of the next box', segmentation: 'Class to paint' };

/** The classes that hold a text; those that begin with it first. */
const ranked = (classes: FieldSchema['classes'], text: string): FieldSchema['classes'] => {
  const holding = classes.filter((c) => c.name.toLowerCase().includes(text));
  const begins = (name: string) => name.toLowerCase().startsWith(text);
  return [...holding.filter((c) => begins(c.name)), ...holding.filter((c) => !begins(c.name))];
};

const REFUSED: [keyof FieldSchema['restrictions'], string][] = [['additions', 'no new labels'], ['deletions', 'no deleting'], ['labelEdits', 'classes and attributes fixed'], ['spatialEdits', 'places fixed'], ['indexEdits', 'indexes fixed']];

function Limits({ schema }: { schema: FieldSchema }) {
  const limits = REFUSED.filter(([k]) => !schema.restrictions[k]);
  if (limits.length === 0) return null;
  return <Group gap={4} data-testid="restrictions">{limits.map(([k, text]) => <Badge key={k} size="sm" variant="light" color="orange" tt="none">{text}</Badge>)}</Group>;
}

function ClassField({ model, schema }: { model: EditorModel; schema: FieldSchema }) {
  const names = model.classesOf(schema.field);
  const data = [...new Set([...schema.classes.map((c) => c.name), ...names])];
  if (data.length <= MANY) return <ClassChips model={model} field={schema.field} data={data} names={names} />;
  if (model.className(schema.field) === 'Classification') {
    return <Select size="sm" label={schema.field} data={data} value={names[0] ?? null} onChange={(v) => model.setClassifications(schema.field, v === null ? [] : [v])} clearable={model.may(schema.field, 'deletions')} searchable />;
  }
  return <MultiSelect size="sm" label={schema.field} data={data} value={names} onChange={(v) => model.setClassifications(schema.field, v)} searchable clearable />;
}

/** The classes of the whole picture; a click, or the digit where nothing can be drawn, sets one and takes it back. */
function ClassChips({ model, field, data, names }: { model: EditorModel; field: string; data: string[]; names: string[] }) {
  const choices = data.map((name) => ({ name, chosen: names.includes(name), may: model.mayClassify(field, name), onToggle: () => model.toggleClass(field, name) }));
  return <Chips label={field} choices={choices} digits={model.digitField() === field} />;
}

function Attributes({ model }: { model: EditorModel }) {
  const shape = model.first();
  if (!shape) {
    const text = model.digitField() ? 'Press a digit to choose, F for the next sample, ? for all keys.' : isSegmentationField(model.schema(model.field)) ? 'Press B to paint, E to erase, P to fill an outline, ? for all keys.' : model.mayDraw(model.field) ? 'Nothing selected. Press N to draw, ? for all keys.' : 'Nothing selected. Press ? for all keys.';
    return <Text size="xs" c="dimmed">{text}</Text>;
  }
  const attributes = model.attributesOf(shape);
  const may = model.mayChange(shape, 'labelEdits');
  return (
    <section aria-label="attributes" data-testid="attributes">
      <Text size="xs" fw={700} c="dimmed" mb={4}>{model.selected.size > 1 ? `${model.selected.size} labels selected` : 'Attributes'}</Text>
      <Stack gap="xs">
        {attributes.map((a, i) => <AttributeInput key={a.name} model={model} shape={shape} attribute={a} may={may && !a.readOnly} active={model.attributeMode === i} />)}
        {!(model instanceof VideoModel && isFrameField(shape.field)) && <NumberInput size="xs" label="index" value={shape.label.index ?? ''} disabled={!model.may(shape.field, 'indexEdits')} onChange={(v) => model.setIndex(v === '' ? undefined : Number(v))} allowDecimal={false} hideControls />}
        {model instanceof VideoModel && isFrameField(shape.field) && <Text size="xs" c="dimmed">{trackNote(model, shape.label.id)}</Text>}
      </Stack>
    </section>
  );
}

function AttributeInput({ model, shape, attribute, may, active }: { model: EditorModel; shape: Shape; attribute: Attribute; may: boolean; active: boolean }) {
  const value = shape.label.attributes?.[attribute.name];
  const set = (v: unknown) => model.setAttribute(attribute, v);
  const label = attribute.name + (attribute.readOnly ? ' (read-only)' : '');
  const style = active ? { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: 3, borderRadius: 4 } : undefined;
  const choices = attribute.values.map(String);
  const pick = (text: string | null) => set(text === null ? undefined : attribute.values[choices.indexOf(text)]);
  if (attribute.type === 'checkbox' && attribute.values.length === 0) return <Checkbox size="xs" style={style} label={label} checked={value === true} disabled={!may} onChange={(e) => set(e.currentTarget.checked)} />;
  if (attribute.type === 'checkbox') return <MultiSelect size="xs" style={style} label={label} data={choices} value={Array.isArray(value) ? value.map(String) : []} disabled={!may} onChange={(v) => set(attribute.values.filter((x) => v.includes(String(x))))} />;
  if (attribute.type === 'select') return <Select size="xs" style={style} label={label} data={choices} value={value === undefined || value === null ? null : String(value)} disabled={!may} onChange={pick} clearable />;
  if (attribute.type === 'radio') {
    return (
      <Radio.Group size="xs" style={style} label={label} value={value === undefined || value === null ? '' : String(value)} onChange={pick}>
        <Group gap="sm" mt={4}>{choices.map((c) => <Radio key={c} size="xs" value={c} label={c} disabled={!may} />)}</Group>
      </Radio.Group>
    );
  }
  return <TextValue label={label} value={value} may={may} read={(text) => sameKind(text, value)} onSet={set} />;
}

/** A text as the kind of value that was there. */
function sameKind(text: string, value: unknown): unknown {
  if (typeof value === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return typeof value === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

function LabelList({ model }: { model: EditorModel }) {
  const scroller = useRef<HTMLDivElement>(null);
  const shapes = [...model.shapes.values()].filter((s) => extent(s.label));
  const rows = useVirtualizer({ count: shapes.length, getScrollElement: () => scroller.current, estimateSize: () => 28, overscan: 6 });
  const firstId = model.first()?.label.id;
  const at = firstId === undefined ? -1 : shapes.findIndex((s) => s.label.id === firstId);
  useEffect(() => { if (at >= 0) rows.scrollToIndex(at); }, [at, rows]);
  return (
    <section aria-label="all labels">
      <Text size="xs" fw={700} c="dimmed" mb={4} data-testid="label-total">{shapes.length} labels</Text>
      <div ref={scroller} style={{ maxHeight: 300, overflowY: 'auto' }} role="listbox" aria-label="labels" aria-multiselectable tabIndex={-1}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {rows.getVirtualItems().map((row) => {
            const s = shapes[row.index]!;
            return (
              <button key={s.label.id} type="button" role="option" aria-selected={model.selected.has(s.label.id)} className="label-row" data-label={s.label.id} style={{ position: 'absolute', top: 0, transform: `translateY(${row.start}px)` }}
                onClick={(e) => (e.shiftKey || e.ctrlKey ? model.toggle(s.label.id) : model.select([s.label.id]))}>
                <span className="swatch" style={{ background: classColor(s.label.label) }} />
                <span>{s.label.label ?? s.label.cls}</span>
                <span className="dim">{model.hidden.has(s.label.id) ? 'hidden' : s.field !== model.field ? s.field : ''}</span>
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}
