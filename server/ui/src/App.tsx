import { Center, Loader, Stack } from '@mantine/core';
import { useEffect, useState, type ComponentProps } from 'react';
import { ErrorNote } from './Errors';
import { DatasetPage } from './DatasetPage';
import { useAppInfo, useDataset } from './hooks';
import { go, parse, usePath, type Route } from './route';
import { useExplore } from './state';

type Editor = (typeof import('./editor/EditorPage'))['EditorPage'];
let editor: Editor | null = null;
const loadEditor = async (): Promise<Editor> => (editor ??= (await import('./editor/EditorPage')).EditorPage);

/** The editor, at once if its code is here already. (React's lazy would show its fallback for 300 ms.) */
function EditorWhenLoaded(props: ComponentProps<Editor>) {
  const [Loaded, setLoaded] = useState<Editor | null>(() => editor);
  useEffect(() => { if (!Loaded) void loadEditor().then((e) => setLoaded(() => e)); }, [Loaded]);
  return Loaded ? <Loaded {...props} /> : <Waiting />;
}

export function App() {
  const route = parse(usePath());
  const info = useAppInfo();
  const first = info.data?.datasets[0]?.name;
  useEffect(() => { if (route.page === 'home' && first) go({ page: 'grid', dataset: first }, true); }, [route.page, first]);
  useEffect(() => {
    // The editor's code is fetched while nothing else is going on, so that it opens at once.
    const timer = setTimeout(loadEditor, 1500);
    return () => clearTimeout(timer);
  }, []);
  if (info.error) return <Center h="100dvh" p="md"><ErrorNote error={info.error} /></Center>;
  if (route.page === 'home') return info.data && !first ? <NoDatasets /> : <Waiting />;
  return <Page route={route} />;
}

function Page({ route }: { route: Exclude<Route, { page: 'home' }> }) {
  const dataset = useDataset(route.dataset);
  useExplore.getState().open(route.dataset);
  useEffect(() => { document.title = `${route.dataset} · Postil`; }, [route.dataset]);
  if (dataset.error) return <Center h="100dvh" p="md"><Stack><ErrorNote error={dataset.error} /></Stack></Center>;
  if (route.page === 'editor') {
    return dataset.data ? <EditorWhenLoaded key={route.run} dataset={route.dataset} run={route.run} sample={route.sample} skeletons={dataset.data.skeletons} /> : <Waiting />;
  }
  if (!dataset.data) return <Waiting />;
  return <DatasetPage dataset={dataset.data} sample={route.page === 'sample' ? route.sample : null} evaluation={route.page === 'evaluation' ? route.evaluation : null} />;
}

const Waiting = () => <Center h="100dvh"><Loader aria-label="loading" /></Center>;

function NoDatasets() {
  return (
    <Center h="100dvh" p="md">
      <Stack align="center" maw={460} ta="center">
        <img src="/favicon.svg" width={48} height={48} alt="" />
        <h1>No datasets yet</h1>
        <p>Make one with <code>postil quickstart</code>, or bring your own with <code>postil datasets import</code>, then reload this page.</p>
      </Stack>
    </Center>
  );
}
