// Asks for annotations: which samples, which field, with what classes and restrictions; says before sending what will be sent.
import { Alert, Autocomplete, Button, Checkbox, Group, Modal, MultiSelect, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, type AnnotationRequest, type Attribute, type Dataset, type Restrictions, type Stage } from '../api/client';
import { ErrorNote, Problems } from '../Errors';
import { allFields, useAppInfo, useRefresh } from '../hooks';
import { selectStage } from '../model/filters';
import { go } from '../route';
import { number } from '../model/number';
import { useExplore } from '../state';

const TYPES = ['detections', 'classification', 'classifications', 'polylines', 'polygons', 'keypoints', 'instances', 'segmentation', 'detection', 'polyline', 'polygon', 'keypoint', 'instance', 'scalar'];
/** The label types of fields that admit two, the usual one first. */
const TYPES_OF: Record<string, string[]> = { Detection: ['detection', 'instance'], Detections: ['detections', 'instances'], Polyline: ['polygon', 'polyline'], Polylines: ['polygons', 'polylines'] };
const ALLOWED: [keyof Restrictions, string][] = [['additions', 'Add labels'], ['deletions', 'Delete labels'], ['labelEdits', 'Change classes and attributes'], ['spatialEdits', 'Move and resize'], ['indexEdits', 'Change indexes']];
const ALL_ALLOWED: Restrictions = { additions: true, deletions: true, labelEdits: true, indexEdits: true, spatialEdits: true };

interface Props {
  dataset: Dataset;
  stages: Stage[];
  sample: string | null;
  count: number | undefined;
  opened: boolean;
  onClose(): void;
  onMade(): void;
}

export function AnnotateDialog(props: Props) {
  const narrow = useMediaQuery('(max-width: 700px)') ?? false;
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Annotate" size="lg" fullScreen={narrow} closeButtonProps={{ 'aria-label': 'close' }}>
      <RequestForm {...props} />
    </Modal>
  );
}

function RequestForm({ dataset, stages, sample, count, opened, onClose, onMade }: Props) {
  const selected = useExplore((s) => s.selected);
  const info = useAppInfo();
  const refresh = useRefresh(dataset.name);
  const fields = annotatable(dataset);
  const local = info.data?.backends.find((b) => b.local) ?? info.data?.backends[0];
  const [scope, setScope] = useState('view');
  const [key, setKey] = useState('');
  const [backend, setBackend] = useState<string | null>(null);
  const [field, setField] = useState(fields.find((f) => f.name === 'ground_truth')?.name ?? fields[0]?.name ?? '');
  const [type, setType] = useState<string | null>('detections');
  const [ofExisting, setOfExisting] = useState<string | null>(null);
  const [classes, setClasses] = useState<string[]>([]);
  const [attributes, setAttributes] = useState<string[] | null>(null);
  const [known, setKnown] = useState<Attribute[]>([]);
  const [allowed, setAllowed] = useState<Restrictions>(ALL_ALLOWED);
  useEffect(() => { setScope(sample ? 'sample' : selected.length > 0 ? 'selection' : 'view'); }, [sample, selected.length, opened]);
  const existing = fields.find((f) => f.name === field);
  const kind = existing ? (existing.type === 'Segmentation' ? 'segmentation' : existing.label ? 'labels' : 'scalar') : type ?? 'detections';
  const types = existing ? TYPES_OF[existing.type] : undefined;
  const chosenType = ofExisting !== null && types?.includes(ofExisting) ? ofExisting : null;
  const hasAttributes = kind !== 'segmentation' && kind !== 'scalar';
  const request = useMemo((): AnnotationRequest => {
    const view = scope === 'sample' && sample ? [selectStage([sample])] : scope === 'selection' ? [selectStage(selected)] : scope === 'view' ? stages : [];
    return {
      key,
      view,
      ...(backend ?? local ? { backend: backend ?? local!.name } : {}),
      fields: [{
        field,
        ...(!existing ? { type: type ?? 'detections' } : chosenType === null ? {} : { type: chosenType }),
        ...(classes.length === 0 ? {} : kind === 'segmentation' ? { maskTargets: numbered(classes) } : { classes }),
        ...(attributes === null || !hasAttributes ? {} : { attributes: attributes.map((a) => attributeOf(a, known)) }),
        restrictions: existing ? allowed : ALL_ALLOWED,
      }],
      parameters: {},
    };
  }, [key, scope, sample, selected, stages, backend, local, field, existing, type, classes, attributes, known, allowed, kind, hasAttributes, chosenType]);
  const [settled] = useDebouncedValue(request, 250);
  const plan = useQuery({ queryKey: ['plan', dataset.name, settled], queryFn: () => api.plan(dataset.name, settled), enabled: opened && settled.key !== '' && field !== '', retry: false, staleTime: 0 });
  const observed = attributes === null ? plan.data?.schema[0]?.attributes : undefined;
  useEffect(() => { if (observed) setKnown(observed); }, [observed]);
  const send = useMutation({ mutationFn: () => api.annotate(dataset.name, request), onSuccess: refresh });
  const done = (edit: boolean) => send.mutate(undefined, {
    onSuccess: (run) => { onClose(); setKey(''); if (edit && run.local) go({ page: 'editor', dataset: dataset.name, run: run.key, sample: null }); else onMade(); },
  });
  const scopes = [
    ...(sample ? [{ value: 'sample', label: 'This sample' }] : []),
    ...(selected.length > 0 ? [{ value: 'selection', label: `The ${selected.length} selected samples` }] : []),
    ...(stages.length > 0 ? [{ value: 'view', label: `The samples shown (${number(count)})` }] : []),
    { value: stages.length > 0 ? 'dataset' : 'view', label: `The whole dataset (${number(dataset.samples)})` },
  ];
  const ready = plan.data && plan.data.problems.length === 0 && request === settled;
  const schema = plan.data?.schema[0];
  const chosenBackend = info.data?.backends.find((b) => b.name === (backend ?? local?.name));
  return (
    <form onSubmit={(e) => { e.preventDefault(); if (ready) done(chosenBackend?.local ?? false); }}>
      <Stack gap="sm">
        <Group grow align="start">
          <TextInput label="Key" description="the name of this run" placeholder="fix_boxes" value={key} onChange={(e) => setKey(e.currentTarget.value)} required data-autofocus />
          <Select label="Samples" description="what is annotated" data={scopes} value={scope} onChange={(v) => v && setScope(v)} allowDeselect={false} />
        </Group>
        <Group grow align="start">
          <Autocomplete label="Field" description={existing ? `holds ${existing.type}` : 'a new field'} data={fields.map((f) => f.name)} value={field} onChange={setField} required />
          {!existing && <Select label="Label type" description="of the new field" data={chosenBackend?.labelTypes.length ? chosenBackend.labelTypes : TYPES} value={type} onChange={setType} allowDeselect={false} />}
          {types && <Select label="Label type" description={/^Poly/.test(existing!.type) ? 'filled, or not' : 'boxes, or masks'} data={types} value={chosenType ?? types[0]!} onChange={setOfExisting} allowDeselect={false} />}
          <Select label="Backend" description="where people work" data={info.data?.backends.map((b) => ({ value: b.name, label: b.title })) ?? []} value={backend ?? local?.name ?? null} onChange={setBackend} allowDeselect={false} />
        </Group>
        <TagsInput label="Classes" description={CLASSES[kind] ?? (existing ? 'empty: those the field has' : 'what can be chosen')} value={classes} onChange={setClasses} placeholder={schema && classes.length === 0 ? schema.classes.map((c) => c.name).slice(0, 6).join(', ') : 'type and press Enter'} splitChars={[',']} acceptValueOnBlur />
        {!hasAttributes ? null : existing
          ? <MultiSelect label="Attributes" description="empty choice: those seen on the field" data={[...new Set([...(existing.properties ?? []), ...known.map((a) => a.name)])].filter((p) => !BUILT_IN.has(p))} value={attributes ?? []} onChange={(v) => setAttributes(v.length > 0 ? v : null)} searchable clearable />
          : <TagsInput label="Attributes" description="free texts about each label; other kinds can be asked for by command line and library" placeholder="type and press Enter" value={attributes ?? []} onChange={(v) => setAttributes(v.length > 0 ? v : null)} splitChars={[',']} acceptValueOnBlur />}
        {existing && <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
          <Text component="legend" size="sm" fw={500}>Annotators may</Text>
          <Group gap="md" mt={4}>
            {ALLOWED.map(([name, text]) => <Checkbox key={name} size="xs" label={text} checked={allowed[name]} onChange={(e) => setAllowed({ ...allowed, [name]: e.currentTarget.checked })} />)}
          </Group>
        </fieldset>}
        {plan.error && <ErrorNote error={plan.error} />}
        {plan.data && plan.data.problems.length > 0 && key !== '' && <Problems problems={plan.data.problems} />}
        {plan.data && plan.data.problems.length === 0 && (
          <Alert variant="light" color="teal" title="What will be sent" data-testid="plan">
            {number(plan.data.samples)} {plan.data.samples === 1 ? 'sample' : 'samples'} with {number(Object.values(plan.data.labels).reduce((a, b) => a + b, 0))} labels of {field} to {chosenBackend?.title ?? plan.data.backend}
            {schema ? `; ${schema.classes.length} ${schema.classes.length === 1 ? 'class' : 'classes'}` : ''}{schema && schema.attributes.length > 0 ? `; attributes ${schema.attributes.map((a) => a.name).join(', ')}` : ''}.
            {plan.data.warnings.map((w) => <Text key={w} size="sm" mt={4}>{w}</Text>)}
          </Alert>
        )}
        {send.error && <ErrorNote error={send.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Cancel</Button>
          {chosenBackend?.local && <Button variant="default" disabled={!ready} loading={send.isPending} onClick={() => done(false)}>Make the run</Button>}
          <Button type="submit" disabled={!ready} loading={send.isPending}>{chosenBackend?.local ? 'Annotate now' : 'Send'}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Fields of labels, then those of single values. */
function annotatable(dataset: Dataset) {
  const fields = allFields(dataset);
  return [...fields.filter((f) => f.label), ...fields.filter((f) => !f.label && /^(int|float|str|bool)$/.test(f.type) && f.name !== 'filepath')];
}

const CLASSES: Record<string, string> = { segmentation: 'of pixels; those typed here have the values 1, 2, …', scalar: 'what can be chosen; empty: any value' };

/** Mask targets: classes by the value of their pixels. */
const numbered = (classes: string[]): Record<string, string> => Object.fromEntries(classes.map((name, i) => [String(i + 1), name]));

const BUILT_IN = new Set(['_id', 'id', '_cls', 'tags', 'label', 'confidence', 'index', 'bounding_box', 'mask', 'mask_path', 'points', 'closed', 'filled', 'logits', 'detections', 'classifications', 'polylines', 'keypoints', 'eval', 'eval_id', 'eval_iou', 'attributes', 'instance']);

/** An attribute as the field has it, else a free text. */
const attributeOf = (name: string, known: Attribute[]): Attribute =>
  known.find((a) => a.name === name) ?? { name, type: 'text', values: [], readOnly: false, mutable: true };
