// Typed access to the server's REST interface; the types are generated from its OpenAPI file.
import type { components } from './schema';

type Schemas = components['schemas'];
export type AppInfo = Schemas['AppInfo'];
export type Dataset = Schemas['Dataset'];
export type Field = Schemas['Field'];
export type Stage = Schemas['Stage'];
export type SavedView = Schemas['SavedView'];
export type Evaluation = Schemas['EvaluationSummary'];
export type SamplePage = Schemas['SamplePage'];
export type Sample = Schemas['Sample'];
export type Frame = Schemas['Frame'];
export type VideoFile = Schemas['VideoFile'];
export type Label = Schemas['Label'];
export type LabelGroup = Schemas['LabelGroup'];
export type FieldLabels = Schemas['FieldLabels'];
export type Mask = Schemas['Mask'];
export type Facet = Schemas['Facet'];
export type Backend = Schemas['Backend'];
export type Attribute = Schemas['Attribute'];
export type FieldSchema = Schemas['FieldSchema'];
export type AnnotationRequest = Schemas['AnnotationRequest'];
export type FieldRequest = Schemas['FieldRequest'];
export type Restrictions = Schemas['Restrictions'];
export type Plan = Schemas['Plan'];
export type Problem = Schemas['Problem'];
export type Run = Schemas['Run'];
export type Counts = Schemas['Counts'];
export type LoadOptions = Schemas['LoadOptions'];
export type Preview = Schemas['Preview'];
export type Change = Schemas['Change'];
export type Report = Schemas['Report'];
export type Task = Schemas['Task'];
export type TaskFrame = Schemas['TaskFrame'];
export type SentTrack = Schemas['SentTrack'];
export type VideoEdit = Schemas['VideoEdit'];
export type VideoChanges = Schemas['VideoChanges'];
export type TaskPage = Schemas['TaskPage'];
export type Save = Schemas['Save'];
export type Saved = Schemas['Saved'];

/** What the server says when it refuses, or that it cannot be reached (`code` is then OFFLINE). */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string | undefined,
    readonly problems: Problem[],
  ) {
    super(message);
  }
}

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch('/api/v1' + path, {
      method,
      signal: signal ?? null,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError('OFFLINE', 'The server does not answer.', 'Is Postil still running? The page goes on as soon as it is back.', []);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(answer?.code ?? 'INTERNAL', answer?.message ?? `The server answered ${response.status}.`, answer?.remedy, answer?.problems ?? []);
  }
  return answer as T;
}

const part = encodeURIComponent;
const dataset = (name: string) => `/datasets/${part(name)}`;
const evaluation = (name: string, key: string) => `${dataset(name)}/evaluations/${part(key)}`;
const run = (name: string, key: string) => `${dataset(name)}/runs/${part(key)}`;

export const api = {
  app: () => request<AppInfo>('GET', '/app'),
  dataset: (name: string) => request<Dataset>('GET', dataset(name)),
  samples: (name: string, query: Schemas['PageQuery'], signal?: AbortSignal) => request<SamplePage>('POST', `${dataset(name)}/samples`, query, signal),
  sample: (name: string, id: string) => request<Sample>('GET', `${dataset(name)}/samples/${id}`),
  frames: (name: string, id: string, first: number, last: number) => request<Frame[]>('GET', `${dataset(name)}/samples/${id}/frames?first=${first}&last=${last}`),
  video: (name: string, id: string) => request<VideoFile>('GET', `${dataset(name)}/samples/${id}/video`),
  facets: (name: string, view: Stage[], fields: string[], signal?: AbortSignal) => request<Facet[]>('POST', `${dataset(name)}/facets`, { view, fields }, signal),
  tag: (name: string, change: Schemas['TagChange']) => request<Schemas['EditReport']>('POST', `${dataset(name)}/tags`, change),
  tagCounts: (name: string, view: Stage[], signal?: AbortSignal) => request<Schemas['ValueCount'][]>('POST', `${dataset(name)}/tags/counts`, { view }, signal),
  readView: (name: string, text: string) => request<Stage[]>('POST', `${dataset(name)}/view`, { text }),
  evaluations: (name: string) => request<Evaluation[]>('GET', `${dataset(name)}/evaluations`),
  renameEvaluation: (name: string, key: string, newKey: string) => request<Evaluation>('POST', `${evaluation(name, key)}/rename`, { key: newKey }),
  deleteEvaluation: (name: string, key: string) => request<object>('DELETE', evaluation(name, key)),
  saveView: (name: string, view: string, stages: Stage[]) => request<SavedView>('PUT', `${dataset(name)}/views/${part(view)}`, { view: stages }),
  deleteView: (name: string, view: string) => request<object>('DELETE', `${dataset(name)}/views/${part(view)}`),
  plan: (name: string, body: AnnotationRequest) => request<Plan>('POST', `${dataset(name)}/annotations/plan`, body),
  annotate: (name: string, body: AnnotationRequest) => request<Run>('POST', `${dataset(name)}/runs`, body),
  runs: (name: string) => request<Run[]>('GET', `${dataset(name)}/runs`),
  runView: (name: string, key: string) => request<Stage[]>('GET', `${run(name, key)}/view`),
  preview: (name: string, key: string, body: Schemas['PreviewQuery']) => request<Preview>('POST', `${run(name, key)}/preview`, body),
  load: (name: string, key: string, options: LoadOptions) => request<Report>('POST', `${run(name, key)}/load`, options),
  undo: (name: string, key: string) => request<Report>('POST', `${run(name, key)}/undo`, {}),
  cleanup: (name: string, key: string) => request<object>('POST', `${run(name, key)}/cleanup`, {}),
  rename: (name: string, key: string, newKey: string) => request<Run>('POST', `${run(name, key)}/rename`, { key: newKey }),
  deleteRun: (name: string, key: string) => request<object>('DELETE', run(name, key)),
  tasks: (name: string, key: string, offset: number, limit: number) => request<TaskPage>('GET', `${run(name, key)}/tasks?offset=${offset}&limit=${limit}`),
  task: (name: string, key: string, sample: string) => request<Task>('GET', `${run(name, key)}/tasks/${sample}`),
  taskFrames: (name: string, key: string, sample: string, first: number, last: number) => request<TaskFrame[]>('GET', `${run(name, key)}/tasks/${sample}/frames?first=${first}&last=${last}`),
  save: (name: string, key: string, sample: string, body: Save) => request<Saved>('PUT', `${run(name, key)}/tasks/${sample}`, body),
};

export const reportUrl = (name: string, key: string) => `/reports/${part(name)}/${part(key)}`;
export const mediaUrl = (name: string, sample: string) => `/media/${part(name)}/${sample}`;
export const thumbnailUrl = (name: string, sample: string) => `/media/${part(name)}/${sample}?thumbnail`;

/** Why a picture could not be shown: what the server says, else that the browser does not read its kind. */
export async function mediaProblem(url: string): Promise<ApiError> {
  try {
    const response = await fetch(url, { headers: { Range: 'bytes=0-0' } });
    if (response.ok) return new ApiError('UNSHOWN', 'The browser cannot show this file: it is damaged, or of a kind that browsers do not read.', 'Convert it to JPEG, PNG or WebP, and point the sample to that file.', []);
    const answer = await response.json().catch(() => null);
    return new ApiError(answer?.code ?? 'INTERNAL', answer?.message ?? `The server answered ${response.status}.`, answer?.remedy, []);
  } catch {
    return new ApiError('OFFLINE', 'The server does not answer.', 'Is Postil still running?', []);
  }
}

/** Why a video could not be played: what the server says of its file, else that the browser does not play it. */
export async function videoProblem(name: string, sample: string): Promise<ApiError> {
  const problem = await mediaProblem(mediaUrl(name, sample));
  if (problem.code !== 'UNSHOWN') return problem;
  const file = await api.video(name, sample).catch(() => null);
  const codec = file?.warnings.find((w) => w.code === CODEC_WARNING);
  return new ApiError('UNPLAYED', codec?.message ?? `This browser cannot play ${file?.name ?? 'this video'}: it is damaged, or of a kind that browsers do not play.`, codec?.remedy ?? 'Convert it to MP4 with H.264, or to WebM, and point the sample to that file.', []);
}

/** Of the warnings about a video that it may not be played; it says nothing to who sees it playing. */
export const CODEC_WARNING = 'VIDEO_CODEC';
