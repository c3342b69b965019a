// The server's data as the pages use it.
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, type Dataset, type Stage } from './api/client';
import { toStages } from './model/filters';
import { useExplore } from './state';

export const CHUNK = 48;

export const useAppInfo = () => useQuery({ queryKey: ['app'], queryFn: api.app });
export const useDataset = (name: string) => useQuery({ queryKey: ['dataset', name], queryFn: () => api.dataset(name), enabled: name !== '' });

export function useStages(dataset: Dataset | undefined): Stage[] {
  const view = useExplore((s) => s.view);
  return useMemo(() => (dataset ? toStages(view, allFields(dataset)) : []), [view, dataset]);
}

/** The fields of samples, then those of frames, whose names have the prefix frames. */
export const allFields = (dataset: Dataset) => [...dataset.fields, ...dataset.frameFields];

export const labelFields = (dataset: Dataset | undefined) => (dataset ? allFields(dataset) : []).filter((f) => f.label);

export function useFirstPage(name: string, stages: Stage[], fields: string[], enabled: boolean) {
  return useQuery({
    queryKey: ['data', name, 'samples', stages, fields, 0],
    queryFn: ({ signal }) => api.samples(name, { view: stages, offset: 0, limit: CHUNK, fields }, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function usePage(name: string, stages: Stage[], fields: string[], chunk: number, snapshot: string, enabled: boolean) {
  return useQuery({
    queryKey: ['data', name, 'samples', stages, fields, chunk, snapshot],
    queryFn: ({ signal }) => api.samples(name, { view: stages, offset: chunk * CHUNK, limit: CHUNK, fields, ...(snapshot ? { snapshot } : {}) }, signal),
    enabled,
  });
}

export function useFacets(name: string, stages: Stage[], fields: string[], enabled: boolean) {
  return useQuery({
    queryKey: ['data', name, 'facets', stages, fields],
    queryFn: ({ signal }) => api.facets(name, stages, fields, signal),
    placeholderData: keepPreviousData,
    enabled: enabled && fields.length > 0,
  });
}

/** How many samples have each tag. */
export function useTags(name: string, stages: Stage[], enabled: boolean) {
  return useQuery({
    queryKey: ['data', name, 'tags', stages],
    queryFn: ({ signal }) => api.tagCounts(name, stages, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export const useEvaluations = (name: string, enabled: boolean) =>
  useQuery({ queryKey: ['evaluations', name], queryFn: () => api.evaluations(name), enabled, staleTime: 0 });

/** What the file of a video says; asked once, since a large one takes a while to look through. */
export const videoQuery = (dataset: string, sample: string) =>
  queryOptions({ queryKey: ['video', dataset, sample], queryFn: () => api.video(dataset, sample), staleTime: Infinity, retry: false });

/** Forgets what is known of a dataset's samples and runs, after something changed them. */
export function useRefresh(name: string): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of ['data', 'runs', 'dataset']) void client.invalidateQueries({ queryKey: [key, name] });
  };
}
