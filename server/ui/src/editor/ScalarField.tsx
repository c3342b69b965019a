// The value of a scalar field: chosen, or typed.
import { Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { FieldSchema } from '../api/client';
import { Chips, MANY } from './Chips';
import type { ScalarValue } from './history';
import { valueChoices, type EditorModel } from './model';

const nameOf = (value: ScalarValue): string => (value === true ? 'yes' : value === false ? 'no' : String(value));

export function ScalarField({ model, schema }: { model: EditorModel; schema: FieldSchema }) {
  const { field } = schema;
  const value = model.valueOf(field);
  const choices = valueChoices(schema);
  const set = (v: unknown) => model.setValue(field, v as ScalarValue | undefined);
  if (!choices) {
    return (
      <TextValue label={field} value={value} may={model.maySetValue(field, '')} required={value !== undefined && !model.may(field, 'deletions')} description={KINDS[schema.valueType ?? '']}
        read={(text) => valueOf(text, schema.valueType)} onSet={set} />
    );
  }
  // A value beyond the choices stays to be seen.
  const all = value === undefined || choices.includes(value) ? choices : [...choices, value];
  if (all.length > MANY) {
    return <Select size="sm" label={field} data={all.map(nameOf)} value={value === undefined ? null : nameOf(value)} onChange={(v) => set(all.find((c) => nameOf(c) === v))} disabled={!model.maySetValue(field, '')} clearable={model.may(field, 'deletions')} allowDeselect={false} searchable />;
  }
  return (
    <Chips label={field} digits={model.digitField() === field}
      choices={all.map((c) => ({ name: nameOf(c), chosen: c === value, may: model.maySetValue(field, c === value ? undefined : c), onToggle: () => model.toggleValue(field, c) }))} />
  );
}

const KINDS: Record<string, string> = { int: 'a whole number', float: 'a number', '': 'a number, a text, true or false' };

/** What was typed as a value of the field's type; undefined if it is none. Without a type numbers and booleans are known by their look. */
export function valueOf(text: string, type: FieldSchema['valueType']): ScalarValue | undefined {
  const number = text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (type === 'str') return text;
  if (type === 'int') return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
  if (type === 'float') return number;
  return number ?? (/^(true|false)$/.test(text) ? text === 'true' : text);
}

interface TextProps { label: string; value: unknown; may: boolean; description?: string | undefined; required?: boolean; read(text: string): unknown; onSet(value: unknown): void }

/** A text is one gesture: it is taken over when the field is left or Enter is pressed, if it can be read; empty means no value. */
export function TextValue({ label, value, may, description, required, read, onSet }: TextProps) {
  const shown = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);
  const problem = draft === shown ? null : draft === '' ? (required ? 'must have a value' : null) : read(draft) === undefined ? `not ${description ?? 'possible'}` : null;
  const take = () => { if (draft !== shown && !problem) onSet(draft === '' ? undefined : read(draft)); };
  return <TextInput size="xs" label={label} description={description} value={draft} disabled={!may} error={problem} onChange={(e) => setDraft(e.currentTarget.value)} onBlur={take} onKeyDown={(e) => e.key === 'Enter' && take()} />;
}
